"""The step of a deployment that imports the dashboards."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from aws_cdk import CustomResource, Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import custom_resources as cr
from constructs import Construct

from dashboards.importer.config import Config
from stacks.constructs.bundling import Platform, python_code
from stacks.constructs.functions import FunctionFactory

SAVED_OBJECTS = Path(__file__).parents[2] / "dashboards" / "saved_objects"


def importer_code(platform: Platform) -> lambda_.Code:
    """Return the function's asset, with the saved objects in it."""
    sources = ["function_environment", "dashboards/__init__.py", "dashboards/importer", "dashboards/saved_objects"]
    return python_code(sources, platform, "dashboards/importer/requirements.txt")


def saved_objects_hash(directory: Path = SAVED_OBJECTS) -> str:
    """Return a hash of all NDJSON files there. Nothing else changes it."""
    digest = hashlib.sha256()
    for file in sorted(directory.glob("*.ndjson")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def role_mappings(
    *,
    writers: Sequence[lambda_.IFunction],
    drift: lambda_.IFunction | None,
    quality: lambda_.IFunction | None,
    viewers: Sequence[str],
) -> dict[str, list[str]]:
    """Return, for each role in the domain (dashboards/importer/access.py), its IAM roles or groups of people."""
    return {
        "prediction_shipper": [_role_arn(each) for each in writers],
        "prediction_drift": [_role_arn(drift)] if drift else [],
        "prediction_quality": [_role_arn(quality)] if quality else [],
        "prediction_viewer": list(viewers),
    }


def _role_arn(function: lambda_.IFunction) -> str:
    assert function.role
    return function.role.role_arn


class DashboardsImport(Construct):
    """Imports index templates, today's indices and the saved objects at every change, and reads them back.

    A resource that indexes documents must depend on this construct: a field keeps the mapping of its first document,
    so the templates must exist before it. A failed import fails the deployment with Dashboards' own
    reason; removing the construct leaves all data and objects in place.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: Config,
        code: lambda_.Code,
        functions: FunctionFactory,
        index_templates: dict[str, str],
        saved_objects_hash: str,
        retention_days: int = 0,
        role_mappings: dict[str, list[str]] | None = None,
    ) -> None:
        """``index_templates`` maps a template's name to its JSON; ``saved_objects_hash`` causes the re-import.

        Predictions are deleted after ``retention_days``, 0 keeps them. ``role_mappings`` says who has which of the
        project's roles in a domain with fine-grained access control; None where it has none.
        """
        super().__init__(scope, construct_id)
        self.function = functions.make(
            self,
            "Function",
            code=code,
            handler="dashboards.importer.handler.handler",
            memory_size=256,
            timeout=Duration.seconds(config.ready_timeout_seconds + 180),
            environment=config.to_env(),
            description="Imports the saved objects into OpenSearch Dashboards",
        )
        provider = cr.Provider(
            self,
            "Provider",
            on_event_handler=self.function,
            log_group=logs.LogGroup(self, "ProviderLogs", retention=functions.log_retention),
        )
        self.resource = CustomResource(
            self,
            "Import",
            service_token=provider.service_token,
            resource_type="Custom::DashboardsImport",
            properties={
                "IndexTemplates": index_templates,
                "SavedObjectsHash": saved_objects_hash,
                "RetentionDays": retention_days,
                **({} if role_mappings is None else {"RoleMappings": role_mappings}),
            },
        )
        self.dashboard_url = self.resource.get_att_string("DashboardUrl")
        self.dashboards_url = self.resource.get_att_string("DashboardsUrl")
