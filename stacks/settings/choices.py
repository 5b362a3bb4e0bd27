"""The choices of one deployment, each with its default, its meaning and its bounds; and the profiles."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, cast

from inference_lambda.config import Config as InferenceConfig
from lambda_shipper.config import Config as ShipperConfig
from monitors.days.config import Config as DaysConfig
from monitors.drift.config import Config as DriftConfig
from monitors.quality.config import Config as QualityConfig
from stacks.settings.declaring import FROM_PROFILE, HIDDEN, passed, setting
from stacks.settings.log_groups import Collected
from stacks.settings.node_types import manager_type
from stacks.settings.parsing import SettingsError
from stacks.settings.profiles import PROFILES, LocalCloud

# CloudWatch accepts only certain numbers of days; these are the usual ones among them.
ENGINE_VERSIONS = ("2.11", "2.13", "2.15", "2.17", "2.19", "3.1", "3.3", "3.5", "3.7")
"""What the CDK knows, from the oldest on that takes the saved objects. The default is the newest that is tested."""
LOG_RETENTION_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 731)


@dataclass(frozen=True, kw_only=True)
class Choices:
    """Every choice, checked each by itself. `Settings` adds the checks of choices that depend on each other.

    Raises:
        SettingsError: a value is out of its bounds, or the profile does not exist.
    """

    profile: str = setting(
        "dev",
        "dev (the tutorial: one small node), production, or local (the local cloud)",
        choices=("dev", "production", "local"),
    )
    name: str = setting(
        "", "name of this deployment, where an account has several: stack, domain, role and dashboards carry it"
    )
    # What is monitored
    inference: bool = setting(True, "deploy the example model; false when only your own functions are monitored")
    log_groups: tuple[str, ...] = setting(
        (),
        "log groups to collect: names, ARNs, patterns such as /aws/lambda/ml-*, or account for every "
        "one; -name leaves one out",
    )
    centralized_logs: bool = setting(
        False, "the log groups hold copies of other accounts' and regions' logs, whose events name their source"
    )
    transformed_logs: bool = setting(
        False, "take the lines of log groups with a transformer as it made them, not as they were logged"
    )
    organization_id: str = setting(
        "", "accounts of this AWS organisation may send their logs, such as o-a1b2c3d4e5; with transport=kinesis"
    )
    blocked_accounts: tuple[str, ...] = setting((), "accounts of that organisation that may not send, or not any more")
    send_to: str = setting(
        "", "ARN of such a destination: deploys only the small stack that sends this account's logs there"
    )
    model_dir: str = setting("inference_lambda/model", "folder with model.onnx, tokenizer.json, labels.json")
    model_uri: str = setting(
        "", "s3://bucket/prefix of such a folder, fetched once a published version instead of bundled"
    )
    model_sha256: str = setting("", "SHA-256 of the three files at model_uri, one after the other")
    model_key_arn: str = setting("", "key that encrypts the bucket of model_uri, if it is a key of your own")
    architecture: str = setting("arm64", "processor of the functions: arm64 or x86_64", choices=("arm64", "x86_64"))
    store_text: str = passed("store_text", ShipperConfig, InferenceConfig)
    label_fields: tuple[str, ...] = passed("label_fields", ShipperConfig)
    score_fields: tuple[str, ...] = passed("score_fields", ShipperConfig)
    list_means: tuple[str, ...] = passed("list_means", ShipperConfig)
    envelopes: tuple[str, ...] = passed("envelopes", ShipperConfig)
    actuals_log_groups: tuple[str, ...] = passed("actuals_log_groups", ShipperConfig)
    # The search domain
    domain_name: str = setting(
        "mlops-cluster",
        "name of the OpenSearch domain, 3 to 28 of a-z 0-9 -, a letter first; with a name it is name-cluster",
    )
    engine_version: str = setting(
        "3.5", "OpenSearch version of the domain; one that exists is not upgraded unasked", choices=ENGINE_VERSIONS
    )
    instance_type: str = setting("t3.small.search", "type of the data nodes")
    data_nodes: int = setting(1, "number of data nodes", bounds=(1, 80))
    zones: int = setting(1, "availability zones: 1, 2 or 3; divides data_nodes", choices=(1, 2, 3))
    zone_names: tuple[str, ...] = setting(
        (), "zones of vpc=new by name, such as us-east-1a; empty: the region's first ones"
    )
    manager_nodes: int = setting(0, "dedicated cluster managers: 0, 3 or 5", choices=(0, 3, 5))
    volume_gib: int = setting(10, "gp3 storage of each data node, GiB", bounds=(10, 16384))
    # Who gets in
    sign_in: str = setting(
        "address",
        "how people get in: address (from allowed_cidrs, without sign-in), cognito (by e-mail address and password), "
        "saml (your identity provider), or password (one master user, in a VPC only)",
        choices=("address", "cognito", "saml", "password"),
    )
    allowed_cidrs: tuple[str, ...] = setting(
        (), "addresses whose browsers reach the dashboards; with sign_in=address or saml"
    )
    fine_grained_access: bool = setting(
        False, "roles in the domain: who may look, who may edit, what each function may do; cannot be turned off again"
    )
    viewer_roles: tuple[str, ...] = setting(
        (), "ARNs of IAM roles, or groups of your identity provider, that may look but not change"
    )
    editor_roles: tuple[str, ...] = setting((), "the same for those that may also edit dashboards")
    admin_roles: tuple[str, ...] = setting((), "the same for those that may do everything in the domain")
    sign_in_prefix: str = setting(
        "", "first part of the address of Cognito's sign-in page; empty: domain_name and the account's number"
    )
    saml_metadata: str = setting(
        "", "file or https address with your identity provider's metadata; empty at the first deployment"
    )
    saml_groups: str = setting("Role", "name of the SAML attribute that lists a person's groups")
    # The network
    vpc: str = setting(
        "none",
        "none, new (a VPC without a way out, for the domain and what talks to it), or the id of an existing one",
    )
    vpc_cidr: str = setting("10.71.0.0/20", "addresses of vpc=new; choose a range that no network you connect has")
    subnet_ids: tuple[str, ...] = setting((), "private subnets of the existing VPC, one for each zone")
    kms_key_arn: str = setting("", "your own key for domain, failure bucket, stream, logs and secret; empty: AWS's")
    index_shards: int = setting(
        1, "primary shards of each day's index; one for every 50 GB, or data node that writes", bounds=(1, 200)
    )
    index_retention_days: int = passed("retention_days", DaysConfig, QualityConfig)
    log_retention_days: int = setting(30, "days that CloudWatch keeps the functions' logs", choices=LOG_RETENTION_DAYS)
    domain_logs: bool = setting(
        False, "logs of the domain's errors and, with roles in it, of who did what; CloudWatch asks 0.50 USD for a GiB"
    )
    retain_data: bool = setting(False, "keep domain, failure bucket and logs when the stack is deleted")
    # The shipper
    shipper_concurrency: int = setting(0, "reserved concurrency of the shipper; 0 reserves none", bounds=(0, 1000))
    transport: str = setting(
        "direct",
        "how log events reach the shipper: direct, or kinesis for many groups or thousands a second",
        choices=("direct", "kinesis"),
    )
    # Alarms
    alarms: bool = setting(False, "alarms on pipeline and domain, published to a topic, and a dashboard of both")
    alarm_email: str = setting("", "who gets the alarms; the address is asked to confirm")
    alarm_silence_hours: int = setting(0, "hours without any prediction before an alarm; 0 for none", bounds=(0, 168))
    github_repository: str = setting(
        "", "owner/name: adds the stack with the role its workflows deploy with, and links the alarms to its docs"
    )
    github_ids: str = setting(
        "", "owner id/repository id, which GitHub's tokens carry for repositories made or renamed since July 2026"
    )
    github_provider: bool = setting(True, "make GitHub's identity provider; false where the account has it already")
    # Drift
    drift: bool = setting(True, "compare the predictions with what was normal, on a schedule")
    drift_window_minutes: int = passed("window_minutes", DriftConfig)
    drift_reference_size: int = passed("reference_size", DriftConfig)
    drift_minimum: int = passed("minimum", DriftConfig)
    drift_points: int = passed("drift_effect", DriftConfig, per=100)
    drift_fields: tuple[str, ...] = passed("fields", DriftConfig)
    drift_segments: str = passed("segment_field", DriftConfig)
    drift_metrics: str = passed("metrics", DriftConfig)
    on_drift: str = passed("on_drift", DriftConfig)
    on_worse: str = passed("on_worse", QualityConfig)
    act: str = passed("act", DriftConfig, QualityConfig)
    # Quality
    quality: bool = setting(True, "join actuals to their predictions and judge the quality, on a schedule")
    quality_window_days: int = passed("window_days", QualityConfig)
    quality_delay_days: int = passed("delay_days", QualityConfig)
    quality_reference_size: int = passed("reference_size", QualityConfig)
    quality_minimum: int = passed("minimum", QualityConfig)
    quality_points: int = passed("worse_drop", QualityConfig, per=100)
    quality_tolerance_percent: int = passed("tolerance", QualityConfig, per=100)
    quality_segments: tuple[str, ...] = passed("segments", QualityConfig)
    # Not for people: set by the profile, or by the local cloud
    collected: Collected = field(default=cast(Any, FROM_PROFILE), metadata={"default": Collected(), **HIDDEN})
    names_role: bool = field(default=cast(Any, FROM_PROFILE), metadata={"default": True, **HIDDEN})
    local: LocalCloud | None = field(default=cast(Any, FROM_PROFILE), metadata={"default": None, **HIDDEN})

    def __post_init__(self) -> None:
        profile = fields(self)[0].metadata["default"] if self.profile is FROM_PROFILE else self.profile
        if profile not in PROFILES:
            raise SettingsError("profile", profile, f"one of {', '.join(PROFILES)}")
        defaults = {each.name: each.metadata["default"] for each in fields(self)} | {**PROFILES[profile]}
        if self.name is not FROM_PROFILE and self.name:
            defaults["domain_name"] = f"{self.name}-cluster"
        for each in fields(self):
            if getattr(self, each.name) is FROM_PROFILE:
                object.__setattr__(self, each.name, defaults[each.name])
            _check(each.name, getattr(self, each.name), each.metadata)

    @property
    def actions(self) -> set[str]:
        """What drift and a worse quality start: ARNs, or `rollback`."""
        return {what for what in (self.on_drift if self.drift else "", self.on_worse if self.quality else "") if what}

    @property
    def in_vpc(self) -> bool:
        """Whether domain and functions are placed in a VPC."""
        return self.vpc != "none"

    @property
    def vpc_id(self) -> str:
        """The id of the existing VPC; empty with a new one and without any."""
        return self.vpc if self.vpc.startswith("vpc-") else ""

    @property
    def opensearch_scheme(self) -> str:
        """The domain's scheme: only the local cloud goes without TLS."""
        return "http" if self.local else "https"

    @property
    def shipper_role_name(self) -> str:
        """The name of the shipper's role, the tutorial's; empty: CloudFormation makes one up."""
        return f"{self.name or 'mlops'}-cluster-role" if self.names_role else ""

    @property
    def manager_type(self) -> str:
        """The type of the cluster managers."""
        return manager_type(self.instance_type, self.data_nodes)

    @property
    def drift_every_minutes(self) -> int:
        """Minutes between two comparisons: an hour, or as long as the window is where that is less."""
        return min(60, max(2, self.drift_window_minutes))

    @property
    def has_signing_master(self) -> bool:
        """Whether the domain has a master that signs: the role of the import."""
        return self.fine_grained_access and self.sign_in != "password"

    @property
    def opensearch_auth(self) -> str:
        """How the functions sign their requests to the domain: `sigv4`, or `none` on an emulator without roles."""
        return "none" if self.local and not self.fine_grained_access else "sigv4"


def _check(name: str, value: Any, metadata: Mapping[str, Any]) -> None:
    if (choices := metadata["choices"]) and value not in choices:
        raise SettingsError(name, value, f"one of {', '.join(map(str, choices))}")
    if bounds := metadata["bounds"]:
        low, high = bounds
        if not low <= value <= high:
            raise SettingsError(name, value, f"a number from {low} to {high}")
