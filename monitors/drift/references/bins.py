"""Which bins a reference freezes: the edges of its numbers, the names of its categories, the rows of its tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from opensearchpy import OpenSearch
from opensearchpy.exceptions import TransportError

from monitors.drift.config import Config
from monitors.drift.judgement.signals import LABEL, LABELS, NOVELTY, SCORE, SCORE_BY_LABEL, SEGMENTS, VALUE
from monitors.drift.references.reference import Reference
from monitors.drift.statistics.distribution import (
    MISSING,
    OTHER,
    QUANTILES,
    WITH_AND_WITHOUT,
    CrossTable,
    Distribution,
    Tally,
    bin_edges,
    bin_of,
    make_binned,
)
from monitors.drift.windows.counting import REFUSED
from monitors.drift.windows.fields import Field, Kind
from monitors.drift.windows.plans import Plan
from monitors.drift.windows.searching import ask, of_group, without_failed
from monitors.reporting.periods import Group, Period

MOST_VALUES = 1000
"""Labels that a reference names; all others are counted together."""
MOST_ROWS = 20
"""Segments, and labels whose scores are compared one by one."""
MOST_LABELS_AT_ONCE = 100
PERCENTS = [100 * quantile for quantile in QUANTILES]
FINER = {"novelty": [98.0, 99.7]}
"""Fields whose far tail is tested, too."""


def plan_reference(
    search: OpenSearch, group: Group, period: Period, fields: Mapping[str, Field], config: Config
) -> list[Plan]:
    """Return how to count a period that becomes a reference. A field that cannot be counted has no plan."""
    query = without_failed(of_group(group, period))
    answers = {
        name: _ask_field(search, query, field) for name, field in fields.items() if field.kind is not Kind.UNUSABLE
    }
    frozen: dict[str, Tally] = {}
    for name, answer in answers.items():
        if answer is not None and name not in (LABELS, SEGMENTS):
            frozen[name] = make_bins(fields[name], answer)
    for name in (VALUE, NOVELTY):
        if name in frozen and not frozen[name].edges:
            del frozen[name]  # nobody logs it
    plans = [Plan(name, signal, fields[name]) for name, signal in frozen.items()]
    labels = _read_names(answers.get(LABEL))
    if labels and SCORE in frozen and frozen[SCORE].edges:
        edges = frozen[SCORE].edges
        table = _make_empty(labels[:MOST_ROWS], make_binned(edges, [0] * (len(edges) + 1), 0).bins[1:], edges)
        plans.append(Plan(SCORE_BY_LABEL, table, fields[LABEL], fields[SCORE]))
    if several := _read_names(answers.get(LABELS))[:MOST_LABELS_AT_ONCE]:
        plans.append(Plan(LABELS, _make_empty(several, WITH_AND_WITHOUT), fields[LABELS]))
    if labels and (segments := _read_names(answers.get(SEGMENTS))[:MOST_ROWS]):
        plans.append(Plan(SEGMENTS, _make_empty(segments, labels[:MOST_ROWS]), fields[SEGMENTS], fields[LABEL]))
    return plans


def plan_window(reference: Reference, fields: Mapping[str, Field], config: Config) -> tuple[list[Plan], dict[str, str]]:
    """Return how to count a window that is compared with a reference, and why signals it does not have are not."""
    frozen, plans, problems = reference.window.signals, [], {}
    for name, field in fields.items():
        other_segments = name == SEGMENTS and reference.segment_field != config.segment_field
        if name in frozen and not other_segments:
            plans.append(Plan(name, frozen[name], field, fields[LABEL] if name == SEGMENTS else None))
        elif field.kind is Kind.UNUSABLE:
            problems[name] = field.problem
        elif name in reference.window.problems:
            problems[name] = f"not in the reference {reference.name}: {reference.window.problems[name]}"
        elif name not in (VALUE, LABELS, NOVELTY):
            problems[name] = f"the reference {reference.name} does not have {name}: freeze a new one"
    if SCORE_BY_LABEL in frozen:
        plans.append(Plan(SCORE_BY_LABEL, frozen[SCORE_BY_LABEL], fields[LABEL], fields[SCORE]))
    return plans, problems


def _ask_field(search: OpenSearch, query: dict[str, Any], field: Field) -> dict[str, Any] | None:
    """Return what the bins need to know of a field; None where OpenSearch cannot tell."""
    aggregations = make_questions(field, MOST_VALUES)
    try:
        answer = ask(search, {"query": query, "aggs": aggregations} if aggregations else {"query": query})
    except TransportError as error:
        if error.status_code not in REFUSED:
            raise
        return None
    return dict(answer.get("aggregations", {}))


def make_questions(field: Field, most_values: int) -> dict[str, Any]:
    """Return the aggregations that tell the bins of a field: its quantiles, or its most frequent values."""
    if field.kind is Kind.NUMBER:
        percentiles = {"field": field.name, "percents": PERCENTS + FINER.get(field.name, []), "keyed": False}
        return {"percentiles": {"percentiles": percentiles}, "largest": {"max": {"field": field.name}}}
    if field.kind is Kind.ABSENT:
        return {}
    return {"values": {"terms": {"field": field.name, "size": most_values}}}


def make_bins(field: Field, answer: Mapping[str, Any]) -> Distribution:
    """Return the empty bins of a field, from the answer to its questions."""
    if field.kind is Kind.NUMBER:
        largest = answer["largest"]["value"] if "largest" in answer else None
        if largest is None:
            return make_binned((), [0], 0)
        quantiles = [_read_number(each["value"]) for each in answer["percentiles"]["values"]]
        edges = bin_edges(quantiles, float(largest))
        return make_binned(edges, [0] * (len(edges) + 1), 0)
    names = _read_names(answer)
    if not names:
        return make_binned((), [0], 0)
    others = [OTHER] if answer["values"]["sum_other_doc_count"] else []
    return Distribution((*names, MISSING, *others), (0,) * (len(names) + 1 + len(others)))


def _read_number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _read_names(answer: Mapping[str, Any] | None) -> list[str]:
    buckets = (answer or {}).get("values", {}).get("buckets", [])
    return [bin_of(str(each.get("key_as_string", each["key"]))) for each in buckets]


def _make_empty(rows: Sequence[str], bins: Sequence[str], edges: Sequence[float] = ()) -> CrossTable:
    return CrossTable(tuple(rows), tuple(bins), (0,) * (len(rows) * len(bins)), tuple(edges))
