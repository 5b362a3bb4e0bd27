"""Settings of earlier versions. A context may still have them: each gets a sentence, and the deployment goes on."""

from collections.abc import Mapping
from typing import Any

RETIRED: Mapping[str, str] = {
    "vpc_id": "vpc takes the id itself, and is read so: vpc=vpc-...",
    "manager_type": "the managers follow the data nodes' number and kind, as AWS recommends",
    "index_replicas": "a day's index has one copy as soon as there is a second node",
    "index_refresh_seconds": "one second while somebody looks, and none while nobody does",
    "chunk_mib": "5 MiB is below every domain's limit, and larger requests measured no faster",
    "gzip": "the bytes stay in one region and cost nothing, and the compression costs half as much CPU again",
    "shipper_role_name": "the name follows `name` in dev; in production CloudFormation makes one up",
    "function_url": "it answers signed callers only; without the example model there is none: inference=false",
    "alarm_lag_seconds": "five minutes: less is a burst, and more is a fault",
    "alarm_kept_raw_percent": "five percent: a function that logs more unreadable lines is to be mended, or left out",
    "drift_every_minutes": "a comparison runs each hour, or each window where that is shorter",
    "drift_margin_minutes": "five minutes, as late as the alarm on lag lets a prediction be",
    "drift_warning_points": "a warning is 3 for each 10 of drift_points",
    "drift_cool_down_minutes": "six hours: a change is sent at once, and a rule on the event can wait longer",
    "quality_every_minutes": "a run each hour: its window is days long",
    "quality_warning_points": "a warning is 2 for each 5 of quality_points",
    "quality_cool_down_minutes": "six hours: a change is sent at once, and a rule on the event can wait longer",
    "emulator": "the profile local says so",
    "opensearch_scheme": "the profile local says so",
    "dashboards_url": "only the local cloud has a Dashboards beside the domain's own",
}
"""Former setting → why it is gone, and what there is instead."""


def retired(context: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each setting in `context` that is no more."""
    is_local = context.get("profile") == "local"
    gone = [name for name in context if name in RETIRED and not (is_local and name == "dashboards_url")]
    return [f"{name} is no setting any more: {RETIRED[name]}." for name in gone]


def renew(context: Mapping[str, Any]) -> dict[str, Any]:
    """Return `context` without the settings that are no more. The id of a VPC stays, under its new name."""
    kept = {name: value for name, value in context.items() if name not in RETIRED}
    if context.get("vpc_id") and kept.get("vpc", "none") == "none":
        kept["vpc"] = context["vpc_id"]
    return kept
