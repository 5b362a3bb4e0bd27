"""Which columns of the input a reference watches, and which bins it freezes for each of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opensearchpy import OpenSearch
from opensearchpy.exceptions import TransportError

from monitors.drift.config import Config
from monitors.drift.judgement.signals import COLUMN, is_column, path_of
from monitors.drift.references.bins import make_bins, make_questions
from monitors.drift.references.reference import Reference
from monitors.drift.windows.columns import NOT_INPUTS, find_columns, flatten_row
from monitors.drift.windows.counting import MOST_COUNTED, REFUSED
from monitors.drift.windows.fields import Field, Kind, find_column_fields
from monitors.drift.windows.places import answer_questions, find_place_fields, is_place
from monitors.drift.windows.plans import Plan
from monitors.drift.windows.sampling import sample
from monitors.drift.windows.searching import ask, of_group, without_failed
from monitors.reporting.periods import Group, Period

SAMPLE = 1000
MOST_VALUES = 50
"""Categories of a column that a reference names; all others are counted together."""


def plan_columns(search: OpenSearch, group: Group, period: Period, config: Config) -> tuple[list[Plan], dict[str, str]]:
    """Return how to count the columns of a period that becomes a reference, and why other paths are left out."""
    query = without_failed(of_group(group, period))
    hidden = {"excludes": [*sorted(NOT_INPUTS), "@message", "@owner", "@log_group", "@log_stream", "@id"]}
    named = [field.removesuffix(".keyword") for field in config.named_fields]
    sampled = sample(search, query, period, SAMPLE, hidden)
    found = find_columns(sampled, [*config.left_out, *named])
    left_out = {path: why for path, why in found.left_out.items() if path not in named}
    places = [path for path in found.watched if is_place(path)]
    rows = [flatten_row(row) for _, row in sampled] if places else []
    plans = [
        Plan(COLUMN + path, make_bins(field, answer_questions(field, rows, MOST_VALUES)), field)
        for path, field in find_place_fields(rows, places).items()
    ]
    fields: dict[str, Field] = {}
    indexed = [path for path in found.watched if not is_place(path)]
    for path, field in find_column_fields(search, period, indexed).items():
        if field.kind is Kind.UNUSABLE:
            left_out[path] = field.problem
        elif field.kind is not Kind.ABSENT:
            fields[path] = field
    for path, answer in _ask_fields(search, query, fields).items():
        if answer is None:
            left_out[path] = "OpenSearch cannot count it"
        else:
            plans.append(Plan(COLUMN + path, make_bins(fields[path], answer), fields[path]))
    return plans, left_out


def plan_column_window(reference: Reference, fields: Mapping[str, Field]) -> tuple[list[Plan], dict[str, str]]:
    """Return how to count the reference's columns in a window, and which hold another type of value now."""
    plans, retyped = [], {}
    for name, frozen in reference.window.signals.items():
        if is_column(name):
            field = fields[path_of(name)]
            plan = Plan(name, frozen, field)
            if problem := plan.find_problem():
                retyped[path_of(name)] = problem
            else:
                plans.append(plan)
    return plans, retyped


def _ask_fields(
    search: OpenSearch, query: Mapping[str, Any], fields: Mapping[str, Field]
) -> dict[str, Mapping[str, Any] | None]:
    """Return what the bins need to know of each field, by few requests; None where OpenSearch cannot tell."""
    answers: dict[str, Mapping[str, Any] | None] = {}
    paths = list(fields)
    for start in range(0, len(paths), MOST_COUNTED):
        part = paths[start : start + MOST_COUNTED]
        inner = {
            str(at): {"filter": {"match_all": {}}, "aggs": make_questions(fields[path], MOST_VALUES)}
            for at, path in enumerate(part)
        }
        try:
            found = ask(search, {"query": query, "aggs": inner}).get("aggregations", {})
        except TransportError as error:
            if error.status_code not in REFUSED:
                raise
            if len(part) == 1:
                return {part[0]: None}
            for path in part:
                answers |= _ask_fields(search, query, {path: fields[path]})
        else:
            answers |= {path: found.get(str(at), {}) for at, path in enumerate(part)}
    return answers
