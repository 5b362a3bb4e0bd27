"""Every deploy-time choice, in one typed place: filled from `cdk.json` context and `-c name=value`, checked at synth.

A profile sets the defaults (`dev`, `production`, `local`); any setting given beside it wins.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self, get_type_hints

from stacks.settings.checks import CHECKS
from stacks.settings.parsing import SettingsError, parse

FOREIGN_KEYS = ("aws:", "@aws-cdk/", "aws-cdk:", "cdk-", "availability-zones:", "vpc-provider:", "hosted-zone:", "ami:")
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
        "", "s3://bucket/prefix of such a folder, fetched once a published version instead of bundled"
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
    fine_grained_access: bool = setting(
        False, "sign-in to Dashboards and roles per index, inside a VPC; cannot be turned off again"
    )
    viewer_roles: tuple[str, ...] = setting(
        (), "ARNs of IAM roles, or groups of your identity provider, that may look but not change, comma-separated"
    )
    vpc: str = setting("none", "none, or new: a VPC without a way out, for the domain and what talks to it")
    vpc_id: str = setting("", "an existing VPC for these, instead of vpc=new")
    subnet_ids: tuple[str, ...] = setting((), "private subnets of vpc_id, one for each zone, comma-separated")
    kms_key_arn: str = setting("", "your own key for domain, failure bucket, stream, logs and secret; empty: AWS's")
    index_shards: int = setting(1, "primary shards of each day's index; one for every 50 GB, or data node that writes")
    index_retention_days: int = setting(0, "days after which a day's index is deleted; 0 keeps it for ever")
    log_retention_days: int = setting(30, "days that CloudWatch keeps the functions' logs")
    retain_data: bool = setting(False, "keep domain, failure bucket and logs when the stack is deleted")
    # The shipper
    chunk_mib: int = setting(5, "largest bulk request, MiB; stay below the domain's limit (10 on t3.*)")
    gzip: bool = setting(False, "compress bulk requests: a tenth of the bytes, half as much CPU again")
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
        for check in CHECKS:
            check(self)

    @property
    def in_vpc(self) -> bool:
        """Whether domain and functions are placed in a VPC."""
        return bool(self.vpc_id) or self.vpc == "new"

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
                raise SettingsError(key, given[key], f"a setting that exists{_nearest(key, types)}")
        parsed = {key: parse(key, types[key], value) for key, value in given.items()}
        defaults = dict(PROFILES[profile])
        if parsed.get("vpc_id"):
            defaults.pop("vpc", None)  # whoever names a VPC does not want a new one
        return cls(**{**defaults, **parsed})


PROFILES: Mapping[str, Mapping[str, Any]] = {
    "dev": {},
    "production": {
        "instance_type": "r7g.large.search",
        "data_nodes": 3,
        "zones": 3,
        "manager_nodes": 3,
        "volume_gib": 100,
        "fine_grained_access": True,
        "vpc": "new",
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


def _nearest(key: str, names: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(key, names, n=1)
    return f", perhaps {near[0]}" if near else f": {', '.join(sorted(names))}"
