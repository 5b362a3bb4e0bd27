"""Every deploy-time choice, in one typed place: filled from `cdk.json` context and `-c name=value`, checked at synth.

A profile sets the defaults (`dev`, `production`, `local`); any setting given beside it wins.
"""

import dataclasses
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self, get_type_hints

from stacks.parsing import SettingsError, parse

FOREIGN_KEYS = (
    "aws:",
    "@aws-cdk/",
    "aws-cdk:",
    "cdk-",
    "availability-zones:",
    "vpc-provider:",
    "hosted-zone:",
    "ami:",
)
"""Context that the CDK itself reads; everything else must be a setting."""


def setting(default: Any, meaning: str) -> Any:
    """A dataclass field with the line that `docs/settings.md` prints for it."""
    return field(default=default, metadata={"meaning": meaning})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The choices of one deployment. Raises SettingsError, naming the setting and what to write instead."""

    profile: str = setting("dev", "dev (the tutorial: one small node), production, or local (the local cloud)")
    # What is monitored
    inference: bool = setting(True, "deploy the example model; false when only your own functions are monitored")
    log_groups: tuple[str, ...] = setting((), "existing log groups to attach, comma-separated")
    model_dir: str = setting("inference_lambda/model", "folder with model.onnx, tokenizer.json, labels.json")
    model_uri: str = setting(
        "", "s3://bucket/prefix of such a folder, fetched at cold start instead of bundling model_dir"
    )
    model_sha256: str = setting("", "SHA-256 of the three files at model_uri, one after the other")
    architecture: str = setting("arm64", "arm64 or x86_64; host for the local cloud")
    store_text: str = setting("full", "what is kept of the text that was classified: full, hash or none")
    # The search domain
    domain_name: str = setting("mlops-cluster", "name of the OpenSearch domain, 3 to 28 of a-z 0-9 -, a letter first")
    engine_version: str = setting("2.19", "OpenSearch version of the domain")
    instance_type: str = setting("t3.small.search", "type of the data nodes")
    data_nodes: int = setting(1, "number of data nodes")
    zones: int = setting(1, "availability zones: 1, 2 or 3; divides data_nodes")
    manager_nodes: int = setting(0, "dedicated cluster managers: 0, 3 or 5")
    manager_type: str = setting("m6g.large.search", "type of the dedicated cluster managers")
    volume_gib: int = setting(10, "gp3 storage of each data node, GiB")
    allowed_cidrs: tuple[str, ...] = setting(
        (), "addresses whose browsers may open the dashboards, comma-separated (dev)"
    )
    fine_grained_access: bool = setting(False, "sign-in to Dashboards and roles per index; cannot be turned off again")
    index_retention_days: int = setting(0, "days after which a day's index is deleted; 0 keeps it for ever")
    log_retention_days: int = setting(30, "days that CloudWatch keeps the functions' logs")
    retain_data: bool = setting(False, "keep domain and failure bucket when the stack is deleted")
    # The shipper
    chunk_mib: int = setting(5, "largest bulk request, MiB; stay below the domain's limit (10 on t3.*)")
    gzip: bool = setting(False, "compress bulk requests: less traffic, about twice the CPU")
    shipper_concurrency: int = setting(0, "reserved concurrency of the shipper; 0 reserves none")
    transport: str = setting(
        "direct", "how log events reach the shipper: direct, or kinesis for many groups or thousands a second"
    )
    # Alarms
    alarms: bool = setting(False, "alarms on pipeline and domain, published to a topic, and a dashboard of both")
    alarm_email: str = setting("", "who gets the alarms; the address is asked to confirm")
    alarm_silence_hours: int = setting(0, "hours without any prediction before an alarm; 0 for none")
    alarm_lag_seconds: int = setting(300, "seconds from logged to searchable, before an alarm")
    alarm_kept_raw_percent: int = setting(5, "percent of the lines kept raw, before an alarm")
    github_repository: str = setting(
        "", "owner/name: adds the stack with the role its workflows deploy with, and links the alarms to its docs"
    )
    github_provider: bool = setting(True, "make GitHub's identity provider; false where the account has it already")
    # Drift
    drift: bool = setting(True, "compare the predictions with what was normal, on a schedule")
    drift_every_minutes: int = setting(60, "minutes between two comparisons")
    drift_window_minutes: int = setting(60, "length of the window that is compared, minutes")
    drift_reference_size: int = setting(2000, "first predictions of a model version that become its reference")
    drift_minimum: int = setting(200, "fewer predictions in a window than this are not enough data")
    drift_warning_points: int = setting(3, "percent of the predictions that must have changed for a warning")
    drift_points: int = setting(10, "percent of the predictions that must have changed for drift")
    drift_cool_down_minutes: int = setting(360, "minutes for which an unchanged verdict is not sent again")
    drift_fields: tuple[str, ...] = setting((), "further fields to watch, comma-separated: latency_ms, lang.keyword")
    # The local cloud
    opensearch_scheme: str = setting("https", "http only for the local cloud")
    dashboards_url: str = setting("", "a Dashboards that runs elsewhere; empty: the domain's own")

    def __post_init__(self) -> None:
        for check in (
            _check_choices,
            _check_ranges,
            _check_domain,
            _check_access,
            _check_model,
            _check_sources,
            _check_drift,
            _check_operations,
        ):
            check(self)

    @classmethod
    def from_context(cls, context: Mapping[str, Any]) -> Self:
        """Read the settings among all context keys; an unknown key is refused, since it is most likely a typo."""
        given = {key: value for key, value in context.items() if not key.startswith(FOREIGN_KEYS)}
        types = get_type_hints(cls)
        profile = str(given.get("profile", "dev"))
        if profile not in PROFILES:
            raise SettingsError("profile", profile, f"one of {', '.join(PROFILES)}")
        for key in given:
            if key not in types:
                raise SettingsError(key, given[key], f"a setting that exists: {_nearest(key, types)}")
        parsed = {key: parse(key, types[key], value) for key, value in given.items()}
        return cls(**{**PROFILES[profile], **parsed})


PROFILES: Mapping[str, Mapping[str, Any]] = {
    "dev": {},
    "production": {
        "instance_type": "r7g.large.search",
        "data_nodes": 3,
        "zones": 3,
        "manager_nodes": 3,
        "volume_gib": 100,
        "fine_grained_access": True,
        "index_retention_days": 90,
        "log_retention_days": 90,
        "retain_data": True,
        "shipper_concurrency": 20,
        "alarms": True,
        "alarm_silence_hours": 24,
    },
    "local": {"architecture": "host", "opensearch_scheme": "http", "drift_reference_size": 300},
}
"""What each profile sets; the rest has the defaults above, which are the tutorial's."""


CHOICES: Mapping[str, tuple[Any, ...]] = {
    "profile": tuple(PROFILES),
    "architecture": ("arm64", "x86_64", "host"),
    "store_text": ("full", "hash", "none"),
    "zones": (1, 2, 3),
    "manager_nodes": (0, 3, 5),
    "opensearch_scheme": ("https", "http"),
    "transport": ("direct", "kinesis"),
    # CloudWatch accepts certain numbers of days only; these are the usual ones among them.
    "log_retention_days": (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 731),
}
RANGES: Mapping[str, tuple[int, int]] = {
    "data_nodes": (1, 80),
    "volume_gib": (10, 16384),
    "index_retention_days": (0, 3650),
    "chunk_mib": (1, 90),
    "shipper_concurrency": (0, 1000),
    "alarm_silence_hours": (0, 168),
    "alarm_lag_seconds": (1, 86400),
    "alarm_kept_raw_percent": (0, 99),
    "drift_every_minutes": (2, 1440),
    "drift_window_minutes": (1, 10080),
    "drift_reference_size": (50, 10000),
    "drift_minimum": (50, 10000),
    "drift_warning_points": (1, 100),
    "drift_points": (1, 100),
    "drift_cool_down_minutes": (0, 10080),
}


def _check_choices(s: Settings) -> None:
    for name, choices in CHOICES.items():
        if getattr(s, name) not in choices:
            raise SettingsError(name, getattr(s, name), f"one of {', '.join(map(str, choices))}")


def _check_ranges(s: Settings) -> None:
    for name, (low, high) in RANGES.items():
        if not low <= getattr(s, name) <= high:
            raise SettingsError(name, getattr(s, name), f"a number from {low} to {high}")


def _check_domain(s: Settings) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9-]{2,27}", s.domain_name):
        raise SettingsError("domain_name", s.domain_name, "3 to 28 of a-z 0-9 -, a letter first, such as mlops-cluster")
    if not re.fullmatch(r"(2\.(11|13|15|17|19)|3\.\d+)", s.engine_version):
        raise SettingsError("engine_version", s.engine_version, "2.11, 2.13, 2.15, 2.17, 2.19 or 3.x")
    if s.data_nodes % s.zones:
        raise SettingsError("data_nodes", s.data_nodes, f"a multiple of zones ({s.zones}), such as {s.zones}")
    if s.instance_type.startswith("t3."):
        if s.volume_gib > 100:
            raise SettingsError("volume_gib", s.volume_gib, "at most 100 on t3 nodes, or another instance_type")
        if s.chunk_mib > 9:
            raise SettingsError("chunk_mib", s.chunk_mib, "at most 9 on t3 nodes, which refuse requests above 10 MiB")


def _check_access(s: Settings) -> None:
    for cidr in s.allowed_cidrs:
        try:
            network = ipaddress.ip_network(cidr)
        except ValueError as error:
            raise SettingsError("allowed_cidrs", cidr, f"a network such as 203.0.113.7/32 ({error})") from error
        if network.prefixlen == 0:
            raise SettingsError(
                "allowed_cidrs",
                cidr,
                "your own address, such as 203.0.113.7/32: this one is the whole internet",
            )
    if s.opensearch_scheme == "http" and s.profile != "local":
        raise SettingsError("opensearch_scheme", "http", "https: only the local cloud goes without")
    if s.architecture == "host" and s.profile != "local":
        raise SettingsError("architecture", "host", "arm64 or x86_64: only the local cloud runs on this machine")


def _check_model(s: Settings) -> None:
    if s.model_uri and not re.fullmatch(r"s3://[^/]+/.+", s.model_uri):
        raise SettingsError("model_uri", s.model_uri, "s3://bucket/prefix")
    if s.model_uri and not re.fullmatch(r"[0-9a-f]{64}", s.model_sha256):
        command = "cat model.onnx tokenizer.json labels.json | sha256sum"
        raise SettingsError("model_sha256", s.model_sha256, f"what this says: {command}")


def _check_sources(s: Settings) -> None:
    if not s.inference and not s.log_groups:
        raise SettingsError("log_groups", "", "the groups to monitor, since inference=false: /aws/lambda/my-function")
    for group in s.log_groups:
        if not re.fullmatch(r"[\w./#-]{1,512}", group):
            raise SettingsError("log_groups", group, "names of log groups, such as /aws/lambda/my-function")


def _check_drift(s: Settings) -> None:
    if s.drift_reference_size < s.drift_minimum:
        raise SettingsError(
            "drift_reference_size", s.drift_reference_size, f"at least drift_minimum ({s.drift_minimum})"
        )
    if s.drift_points < s.drift_warning_points:
        wanted = f"at least drift_warning_points ({s.drift_warning_points})"
        raise SettingsError("drift_points", s.drift_points, wanted)


def _check_operations(s: Settings) -> None:
    if s.alarm_email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", s.alarm_email):
        raise SettingsError("alarm_email", s.alarm_email, "an address such as oncall@example.com")
    if s.alarm_email and not s.alarms:
        raise SettingsError("alarm_email", s.alarm_email, "alarms=true beside it: without alarms nobody is mailed")
    if s.github_repository and not re.fullmatch(r"[\w.-]+/[\w.-]+", s.github_repository):
        raise SettingsError("github_repository", s.github_repository, "owner/name, without https://github.com/")


def _nearest(key: str, names: Mapping[str, Any]) -> str:
    import difflib

    near = difflib.get_close_matches(key, names, n=1)
    return f"{near[0]}?" if near else ", ".join(sorted(names))


def names() -> list[str]:
    """The names of all settings, in the order in which the documentation lists them."""
    return [each.name for each in dataclasses.fields(Settings)]
