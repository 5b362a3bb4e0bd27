"""Set how long predictions are kept, by an index state management policy that deletes old indices.

The policy names `cwl-*` and `raw-*` itself, so every index made from now on has it; those that are there already get it
here. An index counts as old from the day it was made, so days that were backfilled are kept that much longer.
"""

from typing import Any
from urllib.parse import urlsplit

from contracts.indices import INDICES
from dashboards.importer.connection import Connection, ServerError

POLICY = "prediction_retention"
PATTERNS = tuple(each.pattern for each in INDICES if each.is_deleted_by_age)
STATE = "prediction_kept"
"""Only indices under this project's policy are in a state of this name."""
ISM = "/_plugins/_ism"
NOT_FAILURES = ("already has a policy", "is not being managed", "while transitioning to new state")
"""Answers that the plugin lists as failures and that are none here: the index already has a policy; it has none and
gets this project's policy in the next call; its deletion has begun."""
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def set_retention(opensearch: Connection, days: int) -> str:
    """Keep each day's predictions for `days` (0: for ever), and return a sentence that says how long they are kept.

    At least one index of predictions must exist. An index under somebody else's policy keeps that policy. An engine on
    this machine may lack the plugin: then the sentence says so.

    Raises:
        ServerError: if the domain refuses, lacks the plugin, or cannot put an index (such as a closed one) under the
            policy; the message has the reason.
    """
    try:
        stored = _stored(opensearch)
    except ServerError as error:
        if "no handler found" in error.body and urlsplit(opensearch.url).hostname in LOOPBACK:
            return "predictions and raw lines are kept for ever: this engine has no index state management plugin"
        raise
    policy = _policy(days)
    description: str = policy["description"]
    if stored is None and not days:
        return description
    if stored is None:
        opensearch.call("PUT", f"{ISM}/policies/{POLICY}", json={"policy": policy})
    elif stored["policy"]["description"] != description:
        version = f"if_seq_no={stored['_seq_no']}&if_primary_term={stored['_primary_term']}"
        opensearch.call("PUT", f"{ISM}/policies/{POLICY}?{version}", json={"policy": policy})
        _change_indices(opensearch, "change_policy", {"policy_id": POLICY, "include": [{"state": STATE}]})
    # An interrupted run may have left indices without the policy, so add it also when it existed. Others keep theirs.
    _change_indices(opensearch, "add", {"policy_id": POLICY})
    return description


def _change_indices(opensearch: Connection, verb: str, body: dict[str, Any]) -> None:
    """Raises ServerError where indices were left out, which the plugin says in an answer of status 200."""
    failed = opensearch.call("POST", f"{ISM}/{verb}/{','.join(PATTERNS)}", json=body)["failed_indices"]
    left_out = [
        f"{each['index_name']}: {each['reason']}"
        for each in failed
        if not any(known in each["reason"] for known in NOT_FAILURES)
    ]
    if left_out:
        raise ServerError(f"OpenSearch did not put every index under the policy {POLICY}: {'; '.join(left_out)}")


def _stored(opensearch: Connection) -> dict[str, Any] | None:
    try:
        stored: dict[str, Any] = opensearch.call("GET", f"{ISM}/policies/{POLICY}")
        return stored
    except ServerError as error:
        if error.status == 404:
            return None
        raise


def _policy(days: int) -> dict[str, Any]:
    """Return the policy. Two policies are compared by their descriptions, so the description names all differences."""
    kept: dict[str, Any] = {"name": STATE, "actions": [], "transitions": []}
    states = [kept]
    if days:
        kept["transitions"] = [{"state_name": "deleted", "conditions": {"min_index_age": f"{days}d"}}]
        states.append({"name": "deleted", "actions": [{"delete": {}}], "transitions": []})
    return {
        "description": f"predictions and raw lines are kept {f'for {days} days' if days else 'for ever'}",
        "default_state": STATE,
        "states": states,
        "ism_template": [{"index_patterns": list(PATTERNS), "priority": 100}],
    }
