"""Custom resource: the dashboards are there, whole and read back, when the deployment says so.

Stages: load and check the saved objects → wait for OpenSearch → access → index templates → today's indices →
retention → wait for Dashboards → import → read back → permalink. Any failure raises, which fails the deployment with
that reason. Deleting the resource deletes nothing: predictions and people's edits outlive the stack.
"""

import json
from dataclasses import asdict
from typing import Any

from dashboards.importer.config import Config
from dashboards.importer.importing import Governance, import_everything
from dashboards.importer.saved_objects import load

PHYSICAL_ID = "dashboards"


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one event of the CDK Provider framework with ``PhysicalResourceId`` and ``Data``."""
    if event["RequestType"] == "Delete":
        return {"PhysicalResourceId": event["PhysicalResourceId"]}
    templates = event["ResourceProperties"].get("IndexTemplates", {})
    imported = import_everything(Config.from_env(), load(), templates, governance(event))
    print(json.dumps({"imported": asdict(imported)}))
    return {
        "PhysicalResourceId": PHYSICAL_ID,
        "Data": {"DashboardUrl": imported.dashboard_url, "DashboardsUrl": imported.dashboards_url},
    }


def governance(event: dict[str, Any]) -> Governance:
    """Access and retention as the event says them; CloudFormation makes every number a text."""
    properties = event["ResourceProperties"]
    days = properties.get("RetentionDays")
    return Governance(
        role_mappings=properties.get("RoleMappings"),
        former_mappings=event.get("OldResourceProperties", {}).get("RoleMappings"),
        retention_days=None if days is None else int(days),
    )
