"""How long predictions are kept: an index state management policy that deletes a day's index when its time has come.

The policy names `cwl-*` itself, so every index made from now on has it; those that are there already get it here. An
index counts as old from the day it was made, so days that were backfilled are kept that much longer.
"""

from typing import Any
from urllib.parse import urlsplit

from dashboards.importer.connection import Connection, ServerError

POLICY = "prediction_retention"
INDICES = "cwl-*"
STATE = "prediction_kept"
"""By this name the indices under our policy are told from those that somebody put under another one."""
ISM = "/_plugins/_ism"
NO_FAILURE = ("already has a policy", "is not being managed", "while transitioning to new state")
"""What the plugin calls one and we do not: an index under a policy, ours or another; one without, which gets ours right
after; and one whose deletion has begun."""
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def keep_for(opensearch: Connection, days: int) -> str:
    """Keep each day's predictions for `days`, 0 for ever, and return a sentence that says what is so now.

    At least one index of predictions must be there. One that is under somebody else's policy keeps that; one that
    cannot get ours, such as a closed one, raises ServerError with the reason. An engine on this machine may lack the
    plugin, which the sentence then says; anywhere else that raises ServerError, like any other refusal.
    """
    try:
        stored = _stored(opensearch)
    except ServerError as error:
        if "no handler found" in error.body and urlsplit(opensearch.url).hostname in LOOPBACK:
            return "predictions are kept for ever: this engine has no index state management plugin"
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
        _tell(opensearch, "change_policy", {"policy_id": POLICY, "include": [{"state": STATE}]})
    # Also when the policy was there: a run that broke off may have left indices without it. Those with one keep theirs.
    _tell(opensearch, "add", {"policy_id": POLICY})
    return description


def _tell(opensearch: Connection, verb: str, body: dict[str, Any]) -> None:
    """Raises ServerError where indices were left out, which the plugin says in an answer of status 200."""
    failed = opensearch.call("POST", f"{ISM}/{verb}/{INDICES}", json=body)["failed_indices"]
    left_out = [
        f"{each['index_name']}: {each['reason']}"
        for each in failed
        if not any(known in each["reason"] for known in NO_FAILURE)
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
    """The policy; its description tells one from another, so it names all that may differ."""
    kept: dict[str, Any] = {"name": STATE, "actions": [], "transitions": []}
    states = [kept]
    if days:
        kept["transitions"] = [{"state_name": "deleted", "conditions": {"min_index_age": f"{days}d"}}]
        states.append({"name": "deleted", "actions": [{"delete": {}}], "transitions": []})
    return {
        "description": f"predictions are kept for {days} days" if days else "predictions are kept for ever",
        "default_state": STATE,
        "states": states,
        "ism_template": [{"index_patterns": [INDICES], "priority": 100}],
    }
