"""Store the rows of a file, each joined to its prediction in the same write.

So the rows wait neither for the function's next run nor for actuals of others. A run that is broken off has stored a
part, and the same file sent again changes nothing of that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from contracts import actuals as contract
from contracts.actuals import State
from monitors.quality.choosing import Which
from monitors.quality.correctness import Fields, Reason, Task
from monitors.quality.joining import Join, decide, stored
from monitors.quality.predictions import Prediction, find
from monitors.quality.writing import Decision, Waiting, write
from predmon.commands.actuals.known_labels import KnownLabels
from predmon.commands.actuals.rows import ActualRow, RefusedRow
from predmon.commands.actuals.staging import Staging

IN_A_REQUEST = 2000
MOST_IDS = 3
"""How many unknown ids are kept as examples."""
STRANGE_LABEL = "no prediction ever had the label"
MIXED_LABELS = "the file writes true and false in several ways, here"


@dataclass
class Result:
    """What became of the rows of a file."""

    stored: Counter[str] = field(default_factory=Counter)
    """How many are `new`, `corrected`, `unchanged`, or `older` than what is stored."""
    states: Counter[str] = field(default_factory=Counter)
    """How many are in each state, and as `refused: reason` why."""
    unknown: list[str] = field(default_factory=list)
    named: Counter[str] = field(default_factory=Counter)
    """How many `ids` name several predictions of one model, and how many `predictions` those are; and how many
    `copies` were given to a further model."""
    strange: set[str] = field(default_factory=set)
    """The log groups whose labels a refused row does not have."""

    def add(self, other: Result) -> None:
        """Add what became of further rows."""
        self.stored.update(other.stored)
        self.states.update(other.states)
        self.named.update(other.named)
        self.unknown = [*self.unknown, *other.unknown][:MOST_IDS]
        self.strange |= other.strange


@dataclass(frozen=True)
class Sending:
    """What holds for all rows of a file."""

    run: Join
    source: str
    has_times: bool
    known: KnownLabels | None
    """None where new labels are taken."""
    has_fractions: bool


def store(sending: Sending, staging: Staging, progress: Callable[[float], object], result: Result) -> None:
    """Store and join all rows of `staging`, and note what became of them in `result`."""
    for batch in staging.batches(IN_A_REQUEST):
        found = Result()
        decisions, refused = look(sending, batch, found)
        found.states["conflicts"] = write(sending.run.search, decisions)["conflicts"]
        staging.refuse(refused)
        result.add(found)
        progress(len(batch))


def look(sending: Sending, batch: Sequence[ActualRow], result: Result) -> tuple[list[Decision], list[RefusedRow]]:
    """Return what is to be written for some rows, and those that are refused. Nothing is written.

    What becomes of each row is noted in `result`.
    """
    predictions = find(sending.run.search, [row.prediction_id for row in batch], sending.run.config.segments)
    rows = {contract.identity(row.prediction_id, row.log_group): row for row in batch}
    rows = {id: _as_predicted(sending, row, predictions) for id, row in rows.items()}
    there = stored(sending.run.search, list(rows))
    waiting = [_make_waiting(sending, id, row, there.get(id)) for id, row in rows.items()]
    decisions, refused = [], []
    for decision in decide(sending.run, waiting, predictions):
        row, old = rows[decision.actual.id], there.get(decision.actual.id)
        decision = _without_probabilities(sending, row, decision)
        reason = _strangeness(sending, row, decision, result)
        if reason:
            refused.append(RefusedRow(row.line, reason))
            continue
        how, is_written = _compare(sending, decision, old)
        result.stored[how] += 1
        _note(result, decision if is_written else _as_stored(decision, old))
        if is_written:
            decisions.append(decision)
    return decisions, refused


def _make_waiting(sending: Sending, id: str, row: ActualRow, old: Mapping[str, Any] | None) -> Waiting:
    """Return a row as an actual that waits for its prediction.

    A row without a time of its own counts from now on, also where what is stored is of a time that is still to come.
    """
    version = contract.version(row.milliseconds, row.actual)
    if old and not sending.has_times:
        version = max(version, old["_version"] + 1)
    source = contract.document(
        row.prediction_id, row.actual, row.milliseconds, source=f"file {sending.source}", log_group=row.log_group
    )
    return Waiting(id, version, source)


def _as_predicted(sending: Sending, row: ActualRow, predictions: Mapping[str, Sequence[Prediction]]) -> ActualRow:
    """Return a row with its label as the predictions of its log group have it."""
    found = predictions.get(row.prediction_id)
    if not (sending.known and found and "value" not in row.actual):
        return row
    group, read = row.log_group or found[0].log_group, sending.known.read
    if "label" in row.actual:
        return replace(row, actual={"label": read(row.actual["label"], group)})
    return replace(row, actual={"labels": [read(each, group) for each in row.actual["labels"]]})


def _without_probabilities(sending: Sending, row: ActualRow, decision: Decision) -> Decision:
    """Refuse a whole number as a label where other values of the file have decimals, as probabilities do."""
    if not (sending.has_fractions and "value" in row.actual and decision.fields.get("task") == Task.CLASSIFICATION):
        return decision
    names = ("predicted", "@log_group", "model")
    copied: Fields = {name: decision.fields[name] for name in names if name in decision.fields}
    fields: Fields = {"state": State.REFUSED, "reason": Reason.OTHER_KIND, **copied}
    return replace(decision, fields=fields, beside=())


def _strangeness(sending: Sending, row: ActualRow, decision: Decision, result: Result) -> str | None:
    """Return why a label is refused that no prediction has had, or None."""
    if sending.known is None or "value" in row.actual:
        return None
    said = decision.prediction.said or {} if decision.prediction else {}
    if decision.prediction and not {"label", "labels"} & {name for name, each in said.items() if each is not None}:
        return None
    group = decision.prediction.log_group if decision.prediction else None
    told = decision.fields.get("actual", row.actual)
    for label in [told["label"]] if "label" in told else told.get("labels", ()):
        is_mixed = sending.known.is_mixed(label, group or "")
        if is_mixed or not sending.known.knows(label, group):
            result.strange |= {group} if group else set(sending.known.of_groups)
            return f"{MIXED_LABELS if is_mixed else STRANGE_LABEL} “{label[:24]}”"
    return None


def _compare(sending: Sending, decision: Decision, old: Mapping[str, Any] | None) -> tuple[str, bool]:
    """Return how a row stands to what is stored of its prediction, and whether it is to be written."""
    if old is None:
        return "new", True
    actual, source = decision.actual, old["_source"]
    told = decision.fields.get("actual", actual.source["actual"])
    is_same = source["actual"] in (told, actual.source["actual"])
    is_settled = source["state"] in (State.JOINED, State.SUPERSEDED) and sending.run.which is Which.NEWEST
    if is_same and (not sending.has_times or actual.version == old["_version"]):
        return "unchanged", not is_settled
    if actual.version < old["_version"]:
        return ("unchanged" if is_same else "older"), False
    return ("unchanged" if is_same else "corrected"), True


def _as_stored(decision: Decision, old: Mapping[str, Any] | None) -> Decision:
    return replace(decision, fields=dict(old["_source"])) if old else decision


def _note(result: Result, decision: Decision) -> None:
    state, reason = decision.fields["state"], decision.fields.get("reason")
    result.states[state] += 1
    if reason:
        result.states[f"{state}: {reason}"] += 1
    if state == State.UNKNOWN and len(result.unknown) < MOST_IDS:
        result.unknown.append(decision.actual.source["prediction_id"])
    if named := decision.fields.get("named_predictions"):
        result.named.update(ids=1, predictions=named)
    result.named["copies"] += sum(each.get("_source", {}).get("state") == State.JOINED for each in decision.beside)
