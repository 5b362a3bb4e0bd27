"""The step of a deployment that imports the dashboards."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from aws_cdk import CustomResource, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from dashboards.importer.config import Config
from dashboards.importer.saved_objects import object_files
from stacks.constructs.bundling import Platform, contracts, python_code
from stacks.constructs.functions import FunctionFactory, provider
from stacks.constructs.way_in import WayIn

ROOT = Path(__file__).parents[2]
SAVED_OBJECTS = ROOT / "dashboards" / "saved_objects"
PACKAGES = (*contracts("indices", "mappings"), "dashboards/__init__.py", "dashboards/importer")
"""What the function's asset holds of this repository, beside the saved objects."""


def importer_code(platform: Platform) -> lambda_.Code:
    """Return the function's asset, with the saved objects in it."""
    return python_code([*PACKAGES, "dashboards/saved_objects"], platform, "dashboards/importer/requirements.txt")


def importer_hash(root: Path = ROOT) -> str:
    """Return a hash that changes with any byte of the importer's code, and so with the roles it writes."""
    digest = hashlib.sha256()
    for place in PACKAGES:
        path = root / place
        for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
            digest.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def saved_objects_hash(directory: Path = SAVED_OBJECTS) -> str:
    """Return a hash of all files of saved objects there. Nothing else changes it."""
    digest = hashlib.sha256()
    for file in object_files(directory):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def importer_role(scope: Construct, construct_id: str) -> iam.Role:
    """Return a role for the import, made before the domain, whose master it is to be."""
    return iam.Role(
        scope,
        construct_id,
        assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
        description="Imports the dashboards; the master of the search domain",
    )


def role_mappings(
    *,
    writers: Sequence[lambda_.IFunction],
    reports: Mapping[str, lambda_.IFunction],
    people: WayIn,
) -> dict[str, list[str]]:
    """Return, for each role in the domain (dashboards/importer/access.py), its IAM roles or groups of people.

    `reports` are the functions that are there of `days`, `drift` and `quality`.
    """
    return {
        "prediction_shipper": [_role_arn(each) for each in writers],
        "prediction_drift": [_role_arn(reports["drift"])] if "drift" in reports else [],
        "prediction_quality": [_role_arn(reports["quality"])] if "quality" in reports else [],
        "prediction_days": [_role_arn(reports["days"])] if "days" in reports else [],
        "prediction_viewer": list(people.viewers),
        "prediction_editor": list(people.editors),
        "all_access": list(people.administrators),
    }


def _role_arn(function: lambda_.IFunction) -> str:
    assert function.role
    return function.role.role_arn


class DashboardsImport(Construct):
    """Imports index templates, today's indices and the saved objects at every change, and reads them back.

    A resource that indexes documents must depend on this construct: a field keeps the mapping of its first document,
    so the templates must exist before it. A failed import fails the deployment with Dashboards' own
    reason; removing the construct leaves all data and objects in place. Objects that people edited since the last
    import stay as they are: `kept_edits` names them.
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
        role: iam.IRole | None = None,
    ) -> None:
        """`index_templates` maps a template's name to its JSON.

        CloudFormation calls the import again only when a property of the resource changes. So what the import writes
        and what it talks to are properties. Predictions are deleted after `retention_days`; 0 keeps them.
        `role_mappings` says who has which role in a domain with fine-grained access control.
        """
        super().__init__(scope, construct_id)
        self.code = code
        self.function = functions.make(
            self,
            "Function",
            code=code,
            handler="dashboards.importer.handler.handler",
            memory_size=256,
            timeout=Duration.seconds(config.ready_timeout_seconds + 180),
            environment=config.to_env(),
            role=role,
            description="Imports the saved objects into OpenSearch Dashboards",
        )
        made = provider(self, self.function, functions.log_retention)
        self.resource = CustomResource(
            self,
            "Import",
            service_token=made.service_token,
            resource_type="Custom::DashboardsImport",
            properties={
                "IndexTemplates": index_templates,
                "SavedObjectsHash": saved_objects_hash,
                "ImporterHash": importer_hash(),
                "Environment": config.to_env(),
                "RetentionDays": retention_days,
                # What it answers with; a stack from before the second link must ask again.
                "Links": ["DashboardUrl", "DriftDashboardUrl", "QualityDashboardUrl"],
                **({} if role_mappings is None else {"RoleMappings": role_mappings}),
            },
        )
        links = {"drift": "DriftDashboardUrl", "quality": "QualityDashboardUrl"}
        self.report_urls = {name: self.resource.get_att_string(link) for name, link in links.items()}
        self.dashboard_url = self.resource.get_att_string("DashboardUrl")
        self.dashboards_url = self.resource.get_att_string("DashboardsUrl")
        self.kept_edits = self.resource.get_att_string("KeptEdits")
