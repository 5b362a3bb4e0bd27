"""Checks of settings beyond their bounds: their form, and whether they go together."""

import ipaddress
import re
from collections.abc import Callable

from contracts.environment import ConfigError
from monitors.acting.targets import ROLLBACK, find_target
from stacks.settings.choices import Choices
from stacks.settings.node_types import check_instance_type
from stacks.settings.parsing import SettingsError
from stacks.settings.passing import CONFIGS, list_passed_names, passed_to
from stacks.settings.sign_in_checks import SIGN_IN_CHECKS
from stacks.settings.source_checks import SOURCE_CHECKS

SHORTEST_PREFIX = {4: 8, 6: 32}
"""IP version → the shortest prefix that a single organisation has; two halves of the internet are all of it."""
LARGEST_VPC, SMALLEST_VPC = 16, 22
"""Prefixes of a VPC: the service takes no shorter one, and three subnets of 250 addresses need this much."""
KEY_ARN = r"arn:aws[\w-]*:kms:[\w-]+:\d{12}:key/(mrk-[0-9a-f]{32}|[0-9a-f-]{36})"


def _check_name(s: Choices) -> None:
    if s.name and not re.fullmatch(r"[a-z](?:[a-z0-9-]{0,18}[a-z0-9])?", s.name):
        raise SettingsError("name", s.name, "at most 20 of a-z 0-9 -, a letter first, such as reviews")
    if s.name == "mlops":
        raise SettingsError("name", s.name, "another name: the deployment without a name has the domain mlops-cluster")


def _check_domain(s: Choices) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9-]{2,27}", s.domain_name):
        raise SettingsError("domain_name", s.domain_name, "3 to 28 of a-z 0-9 -, a letter first, such as mlops-cluster")
    check_instance_type(s.instance_type)
    if s.data_nodes % s.zones:
        raise SettingsError("data_nodes", s.data_nodes, f"a multiple of zones ({s.zones}), such as {s.zones}")
    if s.instance_type.startswith("t3.") and s.volume_gib > 100:
        raise SettingsError("volume_gib", s.volume_gib, "at most 100 on t3 nodes, or another instance_type")


def _check_acting(s: Choices) -> None:
    for name in ("on_drift", "on_worse"):
        what = getattr(s, name)
        if what == ROLLBACK and not s.inference:
            raise SettingsError(name, what, "an ARN: without the served model there is nothing to roll back")
        if what and what != ROLLBACK and find_target(what) is None:
            kinds = "a state machine, pipeline, function, queue or topic (none of them first-in-first-out)"
            raise SettingsError(name, what, f"{ROLLBACK}, or the ARN of {kinds}")


def _check_access(s: Choices) -> None:
    for cidr in s.allowed_cidrs:
        try:
            network = ipaddress.ip_network(cidr)
        except ValueError as error:
            raise SettingsError("allowed_cidrs", cidr, f"a network such as 203.0.113.7/32 ({error})") from error
        if network.prefixlen < SHORTEST_PREFIX[network.version]:
            whole = "the whole internet" if network.prefixlen == 0 else "a good part of the internet"
            raise SettingsError("allowed_cidrs", cidr, f"your own address, such as 203.0.113.7/32: this one is {whole}")


def _check_new_vpc(s: Choices) -> None:
    try:
        network = ipaddress.IPv4Network(s.vpc_cidr)
    except ValueError as error:
        raise SettingsError("vpc_cidr", s.vpc_cidr, f"a network such as 10.71.0.0/20 ({error})") from error
    if not network.is_private or not LARGEST_VPC <= network.prefixlen <= SMALLEST_VPC:
        wanted = f"private addresses from a /{LARGEST_VPC} to a /{SMALLEST_VPC}, such as 10.71.0.0/20"
        raise SettingsError("vpc_cidr", s.vpc_cidr, wanted)
    if s.zone_names and s.vpc != "new":
        raise SettingsError("zone_names", ",".join(s.zone_names), "vpc=new beside it: subnet_ids have zones already")
    if s.zone_names and len(set(s.zone_names)) != s.zones:
        raise SettingsError("zone_names", ",".join(s.zone_names), f"as many zones as zones={s.zones} says")
    for zone in s.zone_names:
        if not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d[a-z]", zone):
            raise SettingsError("zone_names", zone, "names of zones, such as eu-central-1a")


def _check_network(s: Choices) -> None:
    if not re.fullmatch(r"none|new|vpc-[0-9a-f]{8,17}", s.vpc):
        raise SettingsError("vpc", s.vpc, "none, new, or the id of a VPC, such as vpc-0123456789abcdef0")
    for subnet in s.subnet_ids:
        if not re.fullmatch(r"subnet-[0-9a-f]{8,17}", subnet):
            raise SettingsError("subnet_ids", subnet, "ids of subnets, such as subnet-0123456789abcdef0")
    _check_new_vpc(s)
    if len(s.subnet_ids) != (s.zones if s.vpc_id else 0):
        wanted = (
            f"{s.zones} private subnets of that VPC, one for each zone"
            if s.vpc_id
            else "vpc=vpc-... beside it, or none"
        )
        raise SettingsError("subnet_ids", ",".join(s.subnet_ids), wanted)
    if s.in_vpc and s.local:
        raise SettingsError("vpc", s.vpc, "vpc=none: the local cloud has no networks")
    if s.in_vpc and s.allowed_cidrs:
        raise SettingsError(
            "allowed_cidrs",
            ",".join(s.allowed_cidrs),
            "nothing: in a VPC the security groups say who gets in, and a domain there takes no addresses",
        )


def _check_key(s: Choices) -> None:
    for name, arn in (("kms_key_arn", s.kms_key_arn), ("model_key_arn", s.model_key_arn)):
        if arn and not re.fullmatch(KEY_ARN, arn):
            wanted = "the ARN of a key (not of an alias), such as arn:aws:kms:eu-central-1:123456789012:key/ and its id"
            raise SettingsError(name, arn, wanted)


def _check_model(s: Choices) -> None:
    if s.model_uri and not re.fullmatch(r"s3://[^/]+/.+", s.model_uri):
        raise SettingsError("model_uri", s.model_uri, "s3://bucket/prefix")
    if s.model_uri and not re.fullmatch(r"[0-9a-f]{64}", s.model_sha256):
        command = "cat model.onnx tokenizer.json labels.json | sha256sum"
        raise SettingsError("model_sha256", s.model_sha256, f"what this says: {command}")
    if s.model_key_arn and not s.model_uri:
        raise SettingsError("model_key_arn", s.model_key_arn, "model_uri beside it: only that reads a bucket of yours")


def _check_functions(s: Choices) -> None:
    """Let each function check what it is passed, and say in the settings' words what is not possible."""
    for config in CONFIGS:
        values = passed_to(config, s)
        try:
            config(opensearch_url="https://domain", **values)
        except ConfigError as error:
            wanted, names = error.wanted, {field: setting for setting, field in list_passed_names(config)}
            for field, setting in names.items():
                wanted = re.sub(rf"\b{field.upper()}\b", setting, wanted)
            raise SettingsError(names[error.name], values[error.name], wanted) from None


def _check_operations(s: Choices) -> None:
    if s.alarm_email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", s.alarm_email):
        raise SettingsError("alarm_email", s.alarm_email, "an address such as oncall@example.com")
    if s.alarm_email and not s.alarms:
        raise SettingsError("alarm_email", s.alarm_email, "alarms=true beside it: without alarms nobody is mailed")
    if s.github_repository and not re.fullmatch(r"[\w.-]+/[\w.-]+", s.github_repository):
        raise SettingsError("github_repository", s.github_repository, "owner/name, without https://github.com/")
    if s.github_ids and not re.fullmatch(r"\d+/\d+", s.github_ids):
        command = "gh api repos/owner/name --jq '\"\\(.owner.id)/\\(.id)\"'"
        raise SettingsError("github_ids", s.github_ids, f"what this says: {command}")
    if s.github_ids and not s.github_repository:
        raise SettingsError("github_ids", s.github_ids, "github_repository=owner/name beside it")


CHECKS: tuple[Callable[[Choices], None], ...] = (
    _check_name,
    _check_domain,
    _check_acting,
    _check_access,
    _check_network,
    *SIGN_IN_CHECKS,
    _check_key,
    _check_model,
    *SOURCE_CHECKS,
    _check_functions,
    _check_operations,
)
"""In this order, as later ones rely on earlier ones; each raises SettingsError."""
