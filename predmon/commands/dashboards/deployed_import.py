"""What the deployment's own import was told: index templates, roles and retention, read from the deployed stack."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboards.importer.importing import AccessAndRetention
from predmon.errors import UserError

RESOURCE = "Custom::DashboardsImport"


@dataclass(frozen=True)
class DeployedImport:
    """What a deployment writes to the domain besides the saved objects."""

    index_templates: dict[str, str]
    governance: AccessAndRetention


def read_deployed_import(cloudformation: Any, stack: str) -> DeployedImport:
    """Read it from the stack's template. Raises UserError if the stack has no import."""
    template = cloudformation.get_template(StackName=stack)["TemplateBody"]
    resources = (json.loads(template) if isinstance(template, str) else template)["Resources"]
    properties = next((each["Properties"] for each in resources.values() if each["Type"] == RESOURCE), None)
    if properties is None:
        raise UserError(f"The stack {stack} has no import to repair. Deploy it: predmon deploy")
    arns = _role_arns(cloudformation, stack)
    mappings = properties.get("RoleMappings")
    return DeployedImport(
        properties["IndexTemplates"],
        AccessAndRetention(
            role_mappings=None
            if mappings is None
            else {role: [_resolve(each, arns) for each in who] for role, who in mappings.items()},
            retention_days=int(properties["RetentionDays"]),
        ),
    )


def _role_arns(cloudformation: Any, stack: str) -> Mapping[str, str]:
    """Return the ARN of each role of the stack, by its logical id."""
    # arn:partition:cloudformation:region:account:stack/…
    _, partition, _, _, account, _ = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackId"].split(
        ":", 5
    )
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
    return {
        each["LogicalResourceId"]: f"arn:{partition}:iam::{account}:role/{each.get('PhysicalResourceId')}"
        for page in pages
        for each in page["StackResourceSummaries"]
        if each["ResourceType"] == "AWS::IAM::Role"
    }


def _resolve(value: Any, arns: Mapping[str, str]) -> str:
    return value if isinstance(value, str) else arns[value["Fn::GetAtt"][0]]
