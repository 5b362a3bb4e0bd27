"""Several rows for one prediction: repeated, corrected within the file, or of annotators who may not agree."""

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from predmon.commands.actuals.rows import ActualRow, RefusedRow
from predmon.commands.actuals.staging import Staging


class Disagreement(StrEnum):
    """What counts where the annotators of a prediction do not agree."""

    REFUSE = "refuse"
    MAJORITY = "majority"


def agree(staging: Staging, rule: Disagreement, unit: str) -> Counter[str]:
    """Leave one row for each prediction, or none where it is not certain what is right.

    Return how many predictions had rows that were `repeated`, `corrected` by a later row of the file, or in
    `disagreement`, and how many of those were `decided` by the majority.
    """
    found: Counter[str] = Counter()
    for rows in staging.repeated():
        kept, kind = _keep(rows, rule)
        found[kind] += 1
        if kept is None:
            reason = _explain(rows, unit)
            staging.refuse(RefusedRow(row.line, reason) for row in rows)
        elif kind == "disagreement":
            found["decided"] += 1
        staging.leave_out(row.line for row in rows if row is not kept)
    staging.settle()
    return found


def _keep(rows: Sequence[ActualRow], rule: Disagreement) -> tuple[ActualRow | None, str]:
    """Return the row that counts, or None, and what was found."""
    newest = max(rows, key=lambda row: row.milliseconds)
    if all(row.actual == newest.actual for row in rows):
        return newest, "repeated"
    annotators = {row.annotator for row in rows}
    if len(annotators) == 1:
        last = [row for row in rows if row.milliseconds == newest.milliseconds]
        return (newest, "corrected") if all(row.actual == newest.actual for row in last) else (None, "contradiction")
    votes = {row.annotator: row for row in sorted(rows, key=lambda row: row.milliseconds)}
    counted = Counter(_key(row.actual) for row in votes.values()).most_common()
    if len(counted) == 1:
        return newest, "corrected"
    is_tie = counted[0][1] == counted[1][1]
    if rule is Disagreement.REFUSE or is_tie:
        return None, "disagreement"
    return next(row for row in reversed(votes.values()) if _key(row.actual) == counted[0][0]), "disagreement"


def _explain(rows: Sequence[ActualRow], unit: str) -> str:
    said = []
    seen: list[Any] = []
    for row in rows:
        if row.actual not in seen:
            seen.append(row.actual)
            who = f" ({row.annotator})" if row.annotator else ""
            said.append(f"{unit} {row.line}{who} says {written(row.actual)}")
    return f"the rows of “{rows[0].prediction_id[:40]}” disagree: {', '.join(said[:3])}"


def written(actual: dict[str, Any]) -> str:
    """Return what is right as a person reads it."""
    if "label" in actual:
        return f"“{actual['label'][:40]}”"
    if "labels" in actual:
        return ", ".join(f"“{each[:24]}”" for each in actual["labels"]) or "no label"
    return str(actual["value"])


def _key(actual: dict[str, Any]) -> str:
    return repr(sorted(actual.items()))
