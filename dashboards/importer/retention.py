"""End the deletion of days by a policy, which earlier versions of this project wrote.

Such a policy counts an index's age from the day it was made. Past days are folded into indices that are made later and
hold older days, so the function that folds them also deletes them. The policy stays, and keeps everything: the import
deletes nothing, and an older version that is rolled back to finds its policy and sets it anew.
"""

from typing import Any

from contracts.indices import INDICES
from dashboards.importer.connection import Connection, ServerError

POLICY = "prediction_retention"
PATTERNS = tuple(each.pattern for each in INDICES if each.is_deleted_by_age)
STATE = "prediction_kept"
"""Only indices under this project's policy are in a state of this name."""
ISM = "/_plugins/_ism"
NOT_FAILURES = ("is not being managed", "while transitioning to new state")
"""Answers that the plugin lists as failures, though nothing failed: the index has no policy; its deletion has begun."""
NO_PLUGIN = "no handler found"
KEPT: dict[str, Any] = {
    "description": "kept: the function that folds past days deletes old ones",
    "default_state": STATE,
    "states": [{"name": STATE, "actions": [], "transitions": []}],
}


def retire_policy(opensearch: Connection) -> None:
    """Let the policy of an earlier version delete nothing any more. Without such a policy nothing is written.

    Raises:
        ServerError: if the domain refuses, or leaves an index (such as a closed one) under the deletion.
    """
    try:
        stored = opensearch.call("GET", f"{ISM}/policies/{POLICY}")
    except ServerError as error:
        if error.status == 404 or NO_PLUGIN in error.body:
            return
        raise
    if stored["policy"]["description"] == KEPT["description"]:
        return
    version = f"if_seq_no={stored['_seq_no']}&if_primary_term={stored['_primary_term']}"
    opensearch.call("PUT", f"{ISM}/policies/{POLICY}?{version}", json={"policy": KEPT})
    change = {"policy_id": POLICY, "include": [{"state": STATE}]}
    failed = opensearch.call("POST", f"{ISM}/change_policy/{','.join(PATTERNS)}", json=change)["failed_indices"]
    left_out = [
        f"{each['index_name']}: {each['reason']}"
        for each in failed
        if not any(known in each["reason"] for known in NOT_FAILURES)
    ]
    if left_out:
        raise ServerError(f"OpenSearch left indices under the policy {POLICY}: {'; '.join(left_out)}")
