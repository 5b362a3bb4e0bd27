"""Import the dashboards as a custom resource: when the deployment succeeds, every object is there and was read back.

Stages: load and check the saved objects → wait for OpenSearch → access → index templates → today's indices →
retention → wait for Dashboards → import → read back → permalink. A failure raises, and the deployment fails with that
reason. Deleting the resource deletes nothing: predictions and people's edits stay when the stack goes.
"""

import json
from dataclasses import asdict
from typing import Any

from dashboards.importer.config import Config
from dashboards.importer.importing import AccessAndRetention, import_everything
from dashboards.importer.saved_objects import load

PHYSICAL_ID = "dashboards"


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one event of the CDK Provider framework with `PhysicalResourceId` and `Data`."""
    if event["RequestType"] == "Delete":
        return {"PhysicalResourceId": event["PhysicalResourceId"]}
    templates = event["ResourceProperties"].get("IndexTemplates", {})
    imported = import_everything(Config.from_env(), load(), templates, access_and_retention(event))
    print(json.dumps({"imported": asdict(imported)}))
    return {
        "PhysicalResourceId": PHYSICAL_ID,
        "Data": {
            "DashboardUrl": imported.dashboard_url,
            "DriftDashboardUrl": imported.drift_dashboard_url,
            "DashboardsUrl": imported.dashboards_url,
        },
    }


def access_and_retention(event: dict[str, Any]) -> AccessAndRetention:
    """Return the access and retention that the event asks for. CloudFormation turns every number into a text."""
    properties = event["ResourceProperties"]
    days = properties.get("RetentionDays")
    return AccessAndRetention(
        role_mappings=properties.get("RoleMappings"),
        former_mappings=event.get("OldResourceProperties", {}).get("RoleMappings"),
        retention_days=None if days is None else int(days),
    )
