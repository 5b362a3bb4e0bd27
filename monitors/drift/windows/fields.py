"""What the watched fields hold in the indices of a period, so that an odd one stops nobody but itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import quote

from opensearchpy import OpenSearch

from monitors.drift.config import Config
from monitors.drift.judgement.signals import LABEL, LABELS, LENGTH, NOVELTY, SCORE, SEGMENTS, VALUE
from monitors.drift.windows.searching import name_days
from monitors.reporting.periods import Period

FIELDS = {
    LABEL: "prediction.label",
    SCORE: "prediction.score",
    VALUE: "prediction.value",
    LABELS: "prediction.labels",
    LENGTH: "shipper.text_characters",
    NOVELTY: "novelty",
}
NUMBERS = {"double", "float", "half_float", "scaled_float", "long", "integer", "short", "byte", "unsigned_long"}
KEYWORDS = {"keyword", "constant_keyword", "wildcard"}
OTHER_CATEGORIES = {"boolean", "ip", "version"}
TEXTS = {"text", "match_only_text"}
LONGEST_LIST = 3000
"""How much of an address the names may take; it holds at most 4,096 bytes."""


class Kind(Enum):
    """How a field can be counted."""

    NUMBER = "a number"
    KEYWORD = "a keyword"
    CATEGORY = "a category"
    ABSENT = "in no index"
    UNUSABLE = "unusable"


@dataclass(frozen=True)
class Field:
    """A signal's field as the indices have it. `problem` says why one that is unusable cannot be counted."""

    name: str
    kind: Kind
    problem: str = ""


def list_watched(config: Config) -> dict[str, str]:
    """Return signal → field, of those signals that are counted from a field."""
    segments = {SEGMENTS: config.segment_field} if config.segment_field else {}
    return FIELDS | {field: field for field in config.named_fields} | segments


def find_fields(search: OpenSearch, period: Period, config: Config) -> dict[str, Field]:
    """Return what each watched field is in the indices of a period, by signal."""
    fields = list_watched(config)
    names = sorted({name for field in fields.values() for name in (field, f"{field}.keyword")})
    answer = search.field_caps(
        index=name_days(period), fields=",".join(names), ignore_unavailable=True, allow_no_indices=True
    )
    found = {signal: _make_field(field, answer["fields"]) for signal, field in fields.items()}
    if (segments := found.get(SEGMENTS)) and segments.kind is Kind.NUMBER:
        problem = f"{segments.name} is a number, and segments are the values of a keyword; log it as a text"
        found[SEGMENTS] = Field(segments.name, Kind.UNUSABLE, problem)
    return found


def find_column_fields(search: OpenSearch, period: Period, paths: Sequence[str]) -> dict[str, Field]:
    """Return what each path is in the indices of a period, by requests that each fit into an address."""
    found: dict[str, Field] = {}
    for part in _cut_addresses(paths):
        names = [name for path in part for name in (path, f"{path}.keyword")]
        answer = search.field_caps(
            index=name_days(period), fields=",".join(names), ignore_unavailable=True, allow_no_indices=True
        )
        found |= {path: _make_field(path, answer["fields"]) for path in part}
    return found


def _cut_addresses(paths: Sequence[str]) -> Iterator[list[str]]:
    part: list[str] = []
    length = 0
    for path in paths:
        size = 2 * len(quote(path)) + len(",,.keyword")
        if part and length + size > LONGEST_LIST:
            yield part
            part, length = [], 0
        part.append(path)
        length += size
    if part:
        yield part


def _make_field(name: str, found: Mapping[str, Mapping[str, Any]]) -> Field:
    types = found.get(name, {}).keys() - {"unmapped"}
    if not types:
        return Field(name, Kind.ABSENT)
    if types <= NUMBERS:
        return Field(name, Kind.NUMBER)
    if types <= KEYWORDS:
        return Field(name, Kind.KEYWORD)
    if len(types) == 1 and types <= OTHER_CATEGORIES:
        return Field(name, Kind.CATEGORY)
    beside = found.get(f"{name}.keyword", {}).keys() - {"unmapped"}
    if types <= TEXTS and beside and beside <= KEYWORDS:
        return Field(f"{name}.keyword", Kind.KEYWORD)
    if len(types) > 1:
        return Field(name, Kind.UNUSABLE, f"{name} is of several types in the indices of these days: {_list(types)}")
    return Field(name, Kind.UNUSABLE, f"{name} is of type {_list(types)}, which cannot be counted; name a keyword")


def _list(types: set[str]) -> str:
    return ", ".join(sorted(types))
