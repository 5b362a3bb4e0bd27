"""Import the dashboards as a custom resource: when the deployment succeeds, every object is there and was read back.

Stages: load and check the saved objects → wait for OpenSearch → access → index templates → today's indices →
retention → wait for Dashboards → import → read back → permalink. Any failure raises, which fails the deployment with
that reason. What people edited in Dashboards since the last import stays as it is, and the answer names it. Deleting
the resource deletes nothing: predictions and people's edits outlive the stack.

The physical id tells which properties were imported last. When CloudFormation rolls an update back whose import failed,
it sends these properties again, and the stack must get back to rest also where the domain cannot be reached.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from contracts.errors import UserError
from dashboards.importer.config import Config
from dashboards.importer.edits import NO_EDITS
from dashboards.importer.importing import AccessAndRetention, import_everything
from dashboards.importer.saved_objects import load

ID, BETWEEN = "dashboards", "|"
ROLLBACK_SECONDS = 60
"""How long a rollback waits for the domain. It may be the domain that is gone."""
REASON_BYTES = 1500
"""CloudFormation takes an answer of 4,096 bytes. The CDK's provider adds a trace, identifiers and addresses."""
EDITS_BYTES = 700
"""What the answer has left for the names of edited objects."""
ADVICE = 'If UPDATE_ROLLBACK_FAILED follows: docs/operations.md, "When a deployment fails".'


class DeploymentStepError(UserError):
    """The import failed; the message is the reason that CloudFormation shows, short enough for it."""


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one event of the CDK Provider framework with ``PhysicalResourceId`` and ``Data``."""
    former = event.get("PhysicalResourceId", "")
    if event["RequestType"] == "Delete":
        return {"PhysicalResourceId": former}
    imported_before = f"{ID}/{_digest(event['ResourceProperties'])}"
    is_rollback = event["RequestType"] == "Update" and former.startswith(imported_before)
    try:
        links, kept = _import(event, is_rollback=is_rollback)
    except Exception as error:  # whatever it is becomes CloudFormation's reason
        if not is_rollback:
            print(json.dumps({"import_failed": str(error)}))
            raise DeploymentStepError(_reason(error)) from error
        print(json.dumps({"rolled_back_without_import": str(error)}))
        links, kept = former.removeprefix(imported_before).split(BETWEEN), []
    dashboards_url = Config.from_env().dashboards_url
    return {
        "PhysicalResourceId": imported_before + BETWEEN.join(links),
        "Data": {
            "DashboardUrl": dashboards_url + links[0],
            "DriftDashboardUrl": dashboards_url + links[min(1, len(links) - 1)],
            "QualityDashboardUrl": dashboards_url + links[-1],
            "DashboardsUrl": dashboards_url,
            "KeptEdits": _names(kept),
        },
    }


def _import(event: Mapping[str, Any], *, is_rollback: bool) -> tuple[list[str], list[str]]:
    """Import. Return the paths of the permalinks below the address of Dashboards, and the edits that were kept."""
    config = Config.from_env()
    if is_rollback:
        config = replace(config, ready_timeout_seconds=min(ROLLBACK_SECONDS, config.ready_timeout_seconds))
    templates = event["ResourceProperties"].get("IndexTemplates", {})
    imported = import_everything(config, load(), templates, governance(event), keep_edits=True)
    print(json.dumps({"imported": asdict(imported)}))
    links = (imported.dashboard_url, imported.drift_dashboard_url, imported.quality_dashboard_url)
    return [each.removeprefix(config.dashboards_url) for each in links], imported.kept_edits


def _names(kept: list[str]) -> str:
    """Return the names in one text that fits the answer."""
    shown = list(kept)
    while len(", ".join(shown).encode()) > EDITS_BYTES:
        shown.pop()
    more = f" and {len(kept) - len(shown)} more" if len(kept) > len(shown) else ""
    return f"{', '.join(shown)}{more}" if kept else NO_EDITS


def _digest(properties: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(properties, sort_keys=True).encode()).hexdigest()[:16]


def _reason(error: Exception) -> str:
    """Return what the error says, cut to what CloudFormation takes: its beginning, which names the cause."""
    text = str(error) or type(error).__name__
    kept = text
    while len(json.dumps(kept, ensure_ascii=False).encode()) > REASON_BYTES:
        kept = kept[: len(kept) * 9 // 10]
    return f"{kept}{'' if kept == text else '… (the rest is in the log)'} {ADVICE}"


def governance(event: Mapping[str, Any]) -> AccessAndRetention:
    """Return access and retention as the event says them; CloudFormation makes every number a text."""
    properties = event["ResourceProperties"]
    days = properties.get("RetentionDays")
    return AccessAndRetention(
        role_mappings=properties.get("RoleMappings"),
        former_mappings=event.get("OldResourceProperties", {}).get("RoleMappings"),
        retention_days=None if days is None else int(days),
    )
