"""Custom resource: the dashboards are there, whole and read back, when the deployment says so.

Stages: load and check the saved objects → wait for OpenSearch → index templates → today's indices →
wait for Dashboards → import → read back → permalink. Any failure raises, which fails the deployment with
that reason. Deleting the resource deletes nothing: predictions and people's edits outlive the stack.
"""

import json
from dataclasses import asdict
from typing import Any

from dashboards.importer.config import Config
from dashboards.importer.importing import import_everything
from dashboards.importer.saved_objects import load

PHYSICAL_ID = "dashboards"


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one event of the CDK Provider framework with ``PhysicalResourceId`` and ``Data``."""
    if event["RequestType"] == "Delete":
        return {"PhysicalResourceId": event["PhysicalResourceId"]}
    imported = import_everything(Config.from_env(), load(), event["ResourceProperties"].get("IndexTemplates", {}))
    print(json.dumps({"imported": asdict(imported)}))
    return {
        "PhysicalResourceId": PHYSICAL_ID,
        "Data": {"DashboardUrl": imported.dashboard_url, "DashboardsUrl": imported.dashboards_url},
    }
