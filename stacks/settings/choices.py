"""The choices of one deployment, each with its default, its meaning and its bounds; and the profiles."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from stacks.settings.parsing import SettingsError
from stacks.settings.profiles import PROFILES

FROM_PROFILE = object()
"""The value of a field that nobody gave: it is replaced by the profile's."""
# CloudWatch accepts only certain numbers of days; these are the usual ones among them.
ENGINE_VERSIONS = ("2.11", "2.13", "2.15", "2.17", "2.19", "3.1", "3.3", "3.5", "3.7")
"""What the CDK knows, from the oldest on that takes the saved objects. The default is the newest that is tested."""
LOG_RETENTION_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 731)


def setting(
    default: Any, meaning: str, *, bounds: tuple[int, int] | None = None, choices: tuple[Any, ...] | None = None
) -> Any:
    """Return a dataclass field. `meaning` is its line in `docs/settings.md`; `bounds` are both allowed."""
    metadata = {"default": default, "meaning": meaning, "bounds": bounds, "choices": choices}
    return field(default=FROM_PROFILE, metadata=metadata)


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
    log_groups: tuple[str, ...] = setting((), "existing log groups to attach: names or ARNs, comma-separated")
    model_dir: str = setting("inference_lambda/model", "folder with model.onnx, tokenizer.json, labels.json")
    model_uri: str = setting(
        "", "s3://bucket/prefix of such a folder, fetched once a published version instead of bundled"
    )
    model_sha256: str = setting("", "SHA-256 of the three files at model_uri, one after the other")
    model_key_arn: str = setting("", "key that encrypts the bucket of model_uri, if it is a key of your own")
    function_url: bool = setting(
        True, "a URL for the example model, which signed callers may use; regions without function URLs get none"
    )
    architecture: str = setting(
        "arm64", "arm64 or x86_64; host for the local cloud", choices=("arm64", "x86_64", "host")
    )
    store_text: str = setting(
        "full", "what is kept of the text that was classified: full, hash or none", choices=("full", "hash", "none")
    )
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
        (), "zones of vpc=new by name, comma-separated, such as us-east-1a; empty: the region's first ones"
    )
    manager_nodes: int = setting(0, "dedicated cluster managers: 0, 3 or 5", choices=(0, 3, 5))
    manager_type: str = setting("m6g.large.search", "type of the dedicated cluster managers")
    volume_gib: int = setting(10, "gp3 storage of each data node, GiB", bounds=(10, 16384))
    # Who gets in
    sign_in: str = setting(
        "address",
        "how people get in: address (from allowed_cidrs, without sign-in), cognito (by e-mail address and password), "
        "saml (your identity provider), or password (one master user, in a VPC only)",
        choices=("address", "cognito", "saml", "password"),
    )
    allowed_cidrs: tuple[str, ...] = setting(
        (), "addresses whose browsers reach the dashboards, comma-separated; with sign_in=address or saml"
    )
    fine_grained_access: bool = setting(
        False, "roles in the domain: who may look, who may edit, what each function may do; cannot be turned off again"
    )
    viewer_roles: tuple[str, ...] = setting(
        (), "ARNs of IAM roles, or groups of your identity provider, that may look but not change, comma-separated"
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
        "none", "none, or new: a VPC without a way out, for the domain and what talks to it", choices=("none", "new")
    )
    vpc_cidr: str = setting("10.71.0.0/20", "addresses of vpc=new; choose a range that no network you connect has")
    vpc_id: str = setting("", "an existing VPC for these, instead of vpc=new")
    subnet_ids: tuple[str, ...] = setting((), "private subnets of vpc_id, one for each zone, comma-separated")
    kms_key_arn: str = setting("", "your own key for domain, failure bucket, stream, logs and secret; empty: AWS's")
    index_shards: int = setting(
        1, "primary shards of each day's index; one for every 50 GB, or data node that writes", bounds=(1, 200)
    )
    index_replicas: int = setting(
        1, "copies of each shard on other nodes, at most, as far as there are nodes for them", bounds=(0, 2)
    )
    index_refresh_seconds: int = setting(
        0, "seconds until a prediction is found; 0: one, and none while nobody searches", bounds=(0, 3600)
    )
    index_retention_days: int = setting(
        0, "days after which a day's index is deleted; 0 keeps it for ever", bounds=(0, 3650)
    )
    log_retention_days: int = setting(30, "days that CloudWatch keeps the functions' logs", choices=LOG_RETENTION_DAYS)
    retain_data: bool = setting(False, "keep domain, failure bucket and logs when the stack is deleted")
    # The shipper
    chunk_mib: int = setting(5, "largest bulk request, MiB; stay below the domain's limit (10 on t3.*)", bounds=(1, 90))
    gzip: bool = setting(False, "compress bulk requests: a tenth of the bytes, half as much CPU again")
    shipper_role_name: str = setting(
        "mlops-cluster-role",
        "name of the shipper's role, the tutorial's in dev; with a name it is name-cluster-role; "
        "empty: one is generated",
    )
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
    alarm_lag_seconds: int = setting(300, "seconds from logged to searchable, before an alarm", bounds=(1, 86400))
    alarm_kept_raw_percent: int = setting(5, "percent of the lines kept raw, before an alarm", bounds=(0, 99))
    github_repository: str = setting(
        "", "owner/name: adds the stack with the role its workflows deploy with, and links the alarms to its docs"
    )
    github_ids: str = setting(
        "", "owner id/repository id, which GitHub's tokens carry for repositories made or renamed since July 2026"
    )
    github_provider: bool = setting(True, "make GitHub's identity provider; false where the account has it already")
    # Drift
    drift: bool = setting(True, "compare the predictions with what was normal, on a schedule")
    drift_every_minutes: int = setting(60, "minutes between two comparisons", bounds=(2, 1440))
    drift_margin_minutes: int = setting(
        5, "minutes between a window's end and its comparison, for predictions to arrive", bounds=(0, 60)
    )
    drift_window_minutes: int = setting(60, "length of the window that is compared, minutes", bounds=(1, 10080))
    drift_reference_size: int = setting(
        2000, "first predictions of a model version that become its reference", bounds=(50, 10000)
    )
    drift_minimum: int = setting(200, "fewer predictions in a window than this are not enough data", bounds=(50, 10000))
    drift_warning_points: int = setting(
        3, "percent of the predictions that must have changed for a warning", bounds=(1, 100)
    )
    drift_points: int = setting(10, "percent of the predictions that must have changed for drift", bounds=(1, 100))
    drift_cool_down_minutes: int = setting(
        360, "minutes for which an unchanged verdict is not sent again", bounds=(0, 10080)
    )
    drift_fields: tuple[str, ...] = setting((), "further fields to watch, comma-separated: latency_ms, lang.keyword")
    drift_segments: str = setting("", "a keyword field within whose values the label mix is compared: customer.keyword")
    drift_metrics: str = setting(
        "groups",
        "groups: a CloudWatch metric for each log group; signals: three more for each signal",
        choices=("groups", "signals"),
    )
    # Quality
    quality: bool = setting(True, "join actuals to their predictions and judge the quality, on a schedule")
    quality_every_minutes: int = setting(60, "minutes between two runs", bounds=(2, 1440))
    quality_window_days: int = setting(7, "the predictions of so many days are judged together", bounds=(1, 90))
    quality_delay_days: int = setting(
        0, "days after which the truth is usually known; the window ends so long ago", bounds=(0, 365)
    )
    quality_reference_size: int = setting(
        2000, "first predictions with a truth that become the reference of a log group", bounds=(50, 10000)
    )
    quality_minimum: int = setting(
        200, "fewer truths in a window, or in the reference, are not enough data", bounds=(20, 10000)
    )
    quality_warning_points: int = setting(2, "points of accuracy that must be lost for a warning", bounds=(1, 100))
    quality_points: int = setting(5, "points of accuracy that must be lost to be worse", bounds=(1, 100))
    quality_tolerance_percent: int = setting(
        10, "a predicted value counts as within the tolerance up to so many percent off", bounds=(0, 1000)
    )
    quality_cool_down_minutes: int = setting(
        360, "minutes for which an unchanged judgement is not sent again", bounds=(0, 10080)
    )
    quality_segments: tuple[str, ...] = setting(
        (), "fields by whose values quality is also counted, comma-separated: customer.country"
    )
    # The local cloud
    emulator: bool = setting(
        False, "deploy to the local cloud's AWS emulator: no signatures, networks, metric math or SnapStart"
    )
    opensearch_scheme: str = setting("https", "http only for the local cloud", choices=("https", "http"))
    dashboards_url: str = setting("", "a Dashboards that runs elsewhere; empty: the domain's own")

    def __post_init__(self) -> None:
        profile = fields(self)[0].metadata["default"] if self.profile is FROM_PROFILE else self.profile
        if profile not in PROFILES:
            raise SettingsError("profile", profile, f"one of {', '.join(PROFILES)}")
        defaults = {each.name: each.metadata["default"] for each in fields(self)} | {**PROFILES[profile]}
        if self.vpc_id is not FROM_PROFILE and self.vpc_id:
            defaults["vpc"] = "none"  # who names a VPC does not want a new one
        if self.name is not FROM_PROFILE and self.name:
            defaults["domain_name"] = f"{self.name}-cluster"
            if defaults["shipper_role_name"]:
                defaults["shipper_role_name"] = f"{self.name}-cluster-role"
        for each in fields(self):
            if getattr(self, each.name) is FROM_PROFILE:
                object.__setattr__(self, each.name, defaults[each.name])
            _check(each.name, getattr(self, each.name), each.metadata)

    @property
    def in_vpc(self) -> bool:
        """Whether domain and functions are placed in a VPC."""
        return bool(self.vpc_id) or self.vpc == "new"

    @property
    def has_signing_master(self) -> bool:
        """Whether the domain has a master that signs: the role of the import."""
        return self.fine_grained_access and self.sign_in != "password"

    @property
    def opensearch_auth(self) -> str:
        """How the functions sign their requests to the domain: `sigv4`, or `none` on an emulator without roles."""
        return "none" if self.emulator and not self.fine_grained_access else "sigv4"


def _check(name: str, value: Any, metadata: Mapping[str, Any]) -> None:
    if (choices := metadata["choices"]) and value not in choices:
        raise SettingsError(name, value, f"one of {', '.join(map(str, choices))}")
    if bounds := metadata["bounds"]:
        low, high = bounds
        if not low <= value <= high:
            raise SettingsError(name, value, f"a number from {low} to {high}")
