"""Each function's `Config`, made from the settings; it becomes the function's environment."""

from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secretsmanager

from dashboards.importer.config import Config as ImporterConfig
from inference_lambda.config import Config as InferenceConfig
from lambda_shipper.config import Config as ShipperConfig
from monitors.days.config import Config as DaysConfig
from monitors.drift.config import Config as DriftConfig
from monitors.quality.config import Config as QualityConfig
from stacks import stack_name
from stacks.constructs.inference import model_name
from stacks.settings import Settings
from stacks.settings.passing import passed_to

RETENTION = {
    1: logs.RetentionDays.ONE_DAY,
    3: logs.RetentionDays.THREE_DAYS,
    5: logs.RetentionDays.FIVE_DAYS,
    7: logs.RetentionDays.ONE_WEEK,
    14: logs.RetentionDays.TWO_WEEKS,
    30: logs.RetentionDays.ONE_MONTH,
    60: logs.RetentionDays.TWO_MONTHS,
    90: logs.RetentionDays.THREE_MONTHS,
    120: logs.RetentionDays.FOUR_MONTHS,
    150: logs.RetentionDays.FIVE_MONTHS,
    180: logs.RetentionDays.SIX_MONTHS,
    365: logs.RetentionDays.ONE_YEAR,
    731: logs.RetentionDays.TWO_YEARS,
}
"""The CDK's names for the numbers of days that `log_retention_days` may be."""


def shipper(settings: Settings, url: str, region: str, account: str) -> ShipperConfig:
    """Return the config of the shipper and of the replay; the construct adds the failure bucket."""
    return ShipperConfig(
        opensearch_url=url,
        opensearch_auth=settings.opensearch_auth,
        opensearch_region=region,
        account=account if settings.organization_id or settings.centralized_logs else "",
        **passed_to(ShipperConfig, settings),
        kept_fields=tuple(
            field.removesuffix(".keyword") for field in settings.drift_fields if not field.startswith("-")
        ),
    )


def importer(settings: Settings, url: str, secret: secretsmanager.ISecret | None) -> ImporterConfig:
    """Return the config of the import; with `secret` it signs in as the master user, else it signs its requests."""
    return ImporterConfig(
        opensearch_url=url,
        dashboards_url=(settings.local and settings.local.dashboards_url) or f"{url}/_dashboards",
        opensearch_auth="basic" if secret else settings.opensearch_auth,
        opensearch_secret_arn=secret.secret_arn if secret else "",
        dashboards_tenant="global" if settings.fine_grained_access else "",
    )


def inference(settings: Settings) -> InferenceConfig:
    """Return the config of the example model's function."""
    return InferenceConfig(
        model_name=model_name(settings.model_dir, settings.model_uri),
        model_uri=settings.model_uri,
        model_sha256=settings.model_sha256,
        **passed_to(InferenceConfig, settings),
    )


def drift(settings: Settings, url: str, region: str) -> DriftConfig:
    """Return the config of the drift function. What is worth a warning follows from what is worth an alarm."""
    return DriftConfig(
        opensearch_url=url,
        opensearch_auth=settings.opensearch_auth,
        opensearch_region=region,
        warning_effect=settings.drift_points * 3 / 1000,
        **passed_to(DriftConfig, settings),
        namespace=stack_name(settings.name),
    )


def quality(settings: Settings, url: str, region: str) -> QualityConfig:
    """Return the config of the quality function. What is worth a warning follows from what is worth an alarm."""
    return QualityConfig(
        opensearch_url=url,
        opensearch_auth=settings.opensearch_auth,
        opensearch_region=region,
        warning_drop=settings.quality_points * 2 / 500,
        **passed_to(QualityConfig, settings),
        namespace=stack_name(settings.name),
    )


def days(settings: Settings, url: str, region: str) -> DaysConfig:
    """Return the config of the function that looks after past days."""
    return DaysConfig(
        opensearch_url=url,
        opensearch_auth=settings.opensearch_auth,
        opensearch_region=region,
        **passed_to(DaysConfig, settings),
        namespace=stack_name(settings.name),
    )
