"""How each signal is counted: the aggregation that asks for it, and its counts out of the answer.

A plan is frozen with the reference, so that every window is counted into the same bins.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from monitors.drift.statistics.distribution import (
    MISSING,
    OTHER,
    CrossTable,
    Distribution,
    Tally,
    bin_of,
    count_numbers,
    value_of,
)
from monitors.drift.windows.fields import Field, Kind

MOST_NEW = 10
"""The values missing in the reference that are named; the others are counted together."""
REST = "(never named before)"


class UncountableError(ValueError):
    """A signal cannot be counted in this window; the message says why."""


@dataclass(frozen=True)
class Plan:
    """One signal's bins, as the reference froze them, and the field as the window's indices have it.

    `across` is a table's other field: of the labels within segments, of the scores within labels.
    """

    signal: str
    frozen: Tally
    field: Field
    across: Field | None = None

    def check(self) -> None:
        """Raise UncountableError where the field is no longer what the reference counted."""
        if problem := self.find_problem():
            raise UncountableError(problem)

    def find_problem(self) -> str:
        """Return why the field is no longer what the reference counted; empty where it is."""
        for field in (self.field, *([self.across] if self.across else [])):
            if field.kind is Kind.UNUSABLE:
                return field.problem
        is_number = self.field.kind is Kind.NUMBER
        if self.field.kind is Kind.ABSENT or isinstance(self.frozen, CrossTable) or _is_presence(self.frozen):
            return ""
        if bool(self.frozen.edges) != is_number:
            was = "a number" if self.frozen.edges else "a category"
            return f"{self.field.name} was {was} in the reference and is {self.field.kind.value} now"
        return ""

    def aggregation(self) -> dict[str, Any]:
        """Return the aggregation: as large for a million predictions as for a thousand."""
        frozen, name = self.frozen, self.field.name
        if isinstance(frozen, CrossTable):
            return self._table(frozen)
        inner: dict[str, Any] = {"missing": {"missing": {"field": name}}}
        if frozen.edges:
            inner["ranges"] = _ranges(name, frozen.edges)
        elif not _is_presence(frozen) and self.field.kind is not Kind.ABSENT:
            inner["named"] = self._ask_named(_values(frozen))
            if self.field.kind is Kind.KEYWORD and OTHER not in frozen.bins:
                new = {"field": name, "size": MOST_NEW}
                inner["new"] = {"terms": {**new, **({"exclude": _values(frozen)} if _values(frozen) else {})}}
        return {"filter": {"match_all": {}}, "aggs": inner}

    def _ask_named(self, names: list[str]) -> dict[str, Any]:
        if self.field.kind is not Kind.KEYWORD:  # only words can be asked for by name
            return {"terms": {"field": self.field.name, "size": max(len(names), 1) + MOST_NEW}}
        return {"terms": {"field": self.field.name, "size": max(len(names), 1), "include": names}}

    def _table(self, frozen: CrossTable) -> dict[str, Any]:
        rows = {"terms": {"field": self.field.name, "size": len(frozen.rows) or 1, "include": _list(frozen.rows)}}
        if self.across is None:
            return rows
        if frozen.edges:
            inner = _ranges(self.across.name, frozen.edges)
        else:
            size = len(frozen.bins) or 1
            inner = {"terms": {"field": self.across.name, "size": size, "include": _list(frozen.bins)}}
        return {**rows, "aggs": {"bins": inner}}

    def counts(self, answer: Mapping[str, Any] | None, predictions: int) -> Tally:
        """Return the signal out of the aggregation's answer; `predictions` is how many there are altogether."""
        frozen = self.frozen
        if isinstance(frozen, CrossTable):
            return self._table_counts(frozen, answer, predictions)
        if answer is None:
            return Distribution(frozen.bins, (0,) * len(frozen.bins), frozen.edges)
        missing = answer["missing"]["doc_count"]
        if frozen.edges:
            found = [each["doc_count"] for each in answer["ranges"]["buckets"]]
            self._single(sum(found), predictions - missing)
            return Distribution(frozen.bins, (missing, *found), frozen.edges)
        if _is_presence(frozen):
            return Distribution(frozen.bins, (missing, predictions - missing))
        return self._categories(frozen, answer, predictions, missing)

    def count_values(self, values: Sequence[Any]) -> Tally:
        """Return the signal counted from single values, None for a missing one, as the index would count them."""
        frozen = self.frozen
        assert isinstance(frozen, Distribution)
        if frozen.edges:
            return count_numbers(values, frozen.edges)
        counted = Counter(name_value(value) for value in values if value is not None)
        named = [(name, counted.pop(name, 0)) for name in _values(frozen)]
        answer = {
            "missing": {"doc_count": sum(value is None for value in values)},
            "named": {"buckets": make_buckets(named)},
            "new": {"buckets": make_buckets([] if OTHER in frozen.bins else counted.most_common(MOST_NEW))},
        }
        return self.counts(answer, len(values))

    def _categories(
        self, frozen: Distribution, answer: Mapping[str, Any], predictions: int, missing: int
    ) -> Distribution:
        counts = dict.fromkeys(_list_named(frozen), 0)
        counts |= _buckets(answer["named"]) if "named" in answer else {}
        new = _buckets(answer["new"]) if "new" in answer else {}
        rest = predictions - missing - sum(counts.values()) - sum(new.values())
        self._single(predictions - missing - rest, predictions - missing)
        if MISSING in frozen.bins or missing:
            counts[MISSING] = missing
        counts |= new
        if OTHER in frozen.bins:
            counts[OTHER] = rest
        elif rest:
            counts[REST] = rest
        return Distribution(tuple(counts), tuple(counts.values()))

    def _single(self, found: int, known: int) -> None:
        if found > known:
            raise UncountableError(f"predictions carry several values of {self.field.name}; only single ones compare")

    def _table_counts(self, frozen: CrossTable, answer: Mapping[str, Any] | None, predictions: int) -> CrossTable:
        found = {_key(each): each for each in answer["buckets"]} if answer else {}
        counts: list[int] = []
        for row in frozen.rows:
            bucket = found.get(row)
            if self.across is None:
                holding = bucket["doc_count"] if bucket else 0
                counts += [holding, predictions - holding]
            elif bucket is None:
                counts += [0] * len(frozen.bins)
            elif frozen.edges:
                counts += [each["doc_count"] for each in bucket["bins"]["buckets"]]
            else:
                inner = _buckets(bucket["bins"])
                counts += [inner.get(name, 0) for name in frozen.bins]
        return CrossTable(frozen.rows, frozen.bins, tuple(counts), frozen.edges)


def _is_presence(frozen: Tally) -> bool:
    """Tell whether the reference never saw a value, so that only whether there is one can be compared."""
    return isinstance(frozen, Distribution) and not frozen.edges and frozen.bins == (MISSING, "any")


def _list_named(frozen: Distribution) -> list[str]:
    return [name for name in frozen.bins if name not in (MISSING, OTHER)]


def _values(frozen: Distribution) -> list[str]:
    return _list(_list_named(frozen))


def _list(names: Iterable[str]) -> list[str]:
    return [value_of(name) for name in names]


def _ranges(field: str, edges: tuple[float, ...]) -> dict[str, Any]:
    ranges: list[dict[str, float]] = [{"from": low, "to": high} for low, high in itertools.pairwise(edges)]
    return {"range": {"field": field, "ranges": [{"to": edges[0]}, *ranges, {"from": edges[-1]}]}}


def name_value(value: Any) -> str:
    """Return the key that the index has for a word or a boolean."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def make_buckets(counted: Iterable[tuple[str, int]]) -> list[dict[str, Any]]:
    """Return counts as the buckets of an aggregation."""
    return [{"key": name, "doc_count": number} for name, number in counted]


def _buckets(answer: Mapping[str, Any]) -> dict[str, int]:
    return {_key(each): each["doc_count"] for each in answer["buckets"]}


def _key(bucket: Mapping[str, Any]) -> str:
    return bin_of(str(bucket.get("key_as_string", bucket["key"])))
