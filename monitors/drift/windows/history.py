"""What earlier runs said, from the reports in `drift-*`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from opensearchpy import OpenSearch

from contracts.indices import DRIFT
from monitors.drift.judgement.signals import CLOCK, VOLUME
from monitors.drift.judgement.verdict import Verdict
from monitors.drift.judgement.volume import HIGH, LOW
from monitors.reporting.groups import OTHERS
from monitors.reporting.periods import Group, Period, format_iso

REPORTS = DRIFT.pattern
MOST_PERIODS = 1000
DAYS_OF_HABITS = 60
HALF_AN_HOUR = timedelta(minutes=30)
BAD = [Verdict.WARNING.value, Verdict.DRIFT.value]
RUN = "run"


@dataclass(frozen=True)
class Judged:
    """A window that an earlier run judged: how many predictions and raw lines it held then."""

    period: Period
    predictions: Mapping[str, int]
    """By model version."""
    raw: int | None
    """None in reports from before this was stored."""


def find_judged_windows(search: OpenSearch, log_group: str, within: Period, most: int) -> list[Judged]:
    """Return the windows of a log group that ended in a period, the newest first, at most so many."""
    body = {
        "size": most,
        "query": {"bool": {"filter": [_term("kind", RUN), _term("log_group", log_group), _filter_end(within)]}},
        "sort": [{"@timestamp": "desc"}],
        "_source": ["window", "model"],
    }
    found: dict[tuple[str, str], tuple[dict[str, int], int | None]] = {}
    for source in _find(search, body):
        window = source["window"]
        versions, _ = found.setdefault((window["from"], window["to"]), ({}, window.get("kept_raw")))
        if source["model"]["version"] != OTHERS:
            versions[source["model"]["version"]] = window["predictions"]
    return [
        Judged(Period(datetime.fromisoformat(start), datetime.fromisoformat(end)), versions, raw)
        for (start, end), (versions, raw) in found.items()
    ]


def find_drifted_periods(search: OpenSearch, group: Group, within: Period) -> list[Period]:
    """Return the windows in which what a group predicted was judged `drift`."""
    signals = {"bool": {"must_not": [{"terms": {"signal": [VOLUME, CLOCK]}}]}}
    filters = [_term("verdict", Verdict.DRIFT.value), signals, *_of(group), _filter_end(within)]
    return _find_periods(search, [_term("kind", "signal"), *filters], within.end)


def find_suspected(search: OpenSearch, group: Group, period: Period) -> dict[str, set[str]]:
    """Return what each signal of the window before suspected, by signal: columns, words, or the signal itself.

    The window before is the newest that ended between half a length before this one begins and its begin.
    """
    before = Period(period.start - period.length / 2, period.start + period.length / 10)
    filters = [_term("kind", "signal"), {"exists": {"field": "suspected"}}, *_of(group), _filter_end(before)]
    body = {"size": 10, "query": {"bool": {"filter": filters}}, "sort": [{"@timestamp": "desc"}]}
    found: dict[str, set[str]] = {}
    for source in _find(search, body):
        found.setdefault(source["signal"], set(source["suspected"]))
    return found


def find_reported_volumes(search: OpenSearch, log_group: str, within: Period) -> dict[str, list[Period]]:
    """Return the windows whose number of predictions was reported as too low or too high, by these words."""
    filters = [_term("signal", VOLUME), {"terms": {"verdict": BAD}}, _term("log_group", log_group), _filter_end(within)]
    filters = [_term("kind", "signal"), *filters]
    # Reports from before the direction was stored were mostly of too few.
    high = [_term("test", HIGH)]
    found = {HIGH: [*filters, *high], LOW: [*filters, {"bool": {"must_not": high}}]}
    return {how: _find_periods(search, each, within.end) for how, each in found.items()}


def was_bad_at_this_time(search: OpenSearch, group: Group, period: Period) -> bool:
    """Tell whether a window of a group that ended at this time of some day was a warning or drift, within 60 days."""
    ends = (period.end - timedelta(days=number) for number in range(1, DAYS_OF_HABITS + 1))
    around = [_filter_end(Period(end - HALF_AN_HOUR, end + HALF_AN_HOUR)) for end in ends]
    filters = [_term("kind", RUN), {"terms": {"verdict": BAD}}, *_of(group), {"bool": {"should": around}}]
    return bool(_find(search, {"size": 1, "query": {"bool": {"filter": filters}}, "_source": False}))


def find_bad_since(search: OpenSearch, group: Group, period: Period) -> dict[str, datetime]:
    """Return since when each signal (and the `run`) of a group is a warning or drift, up to the window of a period.

    That is the begin of the first such window after the last stable one, within 14 days.
    """
    earlier = Period(period.start - timedelta(days=14), period.end)
    filters = [{"terms": {"kind": [RUN, "signal"]}}, *_of(group), _filter_end(earlier)]
    filters.append({"range": {"window.to": {"lt": format_iso(period.end)}}})
    stable = {"filter": _term("verdict", Verdict.STABLE.value), "aggs": {"last": {"max": {"field": "window.from"}}}}
    begins = {"date_histogram": {"field": "window.from", "fixed_interval": "1m", "min_doc_count": 1}}
    bad = {"filter": {"terms": {"verdict": BAD}}, "aggs": {"windows": begins}}
    names = {"terms": {"field": "signal", "missing": RUN, "size": 200}, "aggs": {"stable": stable, "bad": bad}}
    body = {"size": 0, "query": {"bool": {"filter": filters}}, "aggs": {"names": names}}
    answer = search.search(index=REPORTS, body=body, ignore_unavailable=True, allow_no_indices=True)
    since: dict[str, datetime] = {}
    for name in answer.get("aggregations", {}).get("names", {}).get("buckets", []):
        last = name["stable"]["last"]["value"] or 0
        starts = [each["key"] for each in name["bad"]["windows"]["buckets"] if each["key"] > last]
        if starts:
            since[name["key"]] = datetime.fromtimestamp(min(starts) / 1000, tz=period.start.tzinfo)
    return since


def _find_periods(search: OpenSearch, filters: list[dict[str, Any]], end: datetime) -> list[Period]:
    body = {
        "size": MOST_PERIODS,
        "query": {"bool": {"filter": filters}},
        "sort": [{"@timestamp": "desc"}],
        "collapse": {"field": "run"},
        "_source": ["window"],
    }
    windows = [source["window"] for source in _find(search, body)]
    found = [Period(datetime.fromisoformat(w["from"]), datetime.fromisoformat(w["to"])) for w in windows]
    return [each for each in found if each.end <= end]


def _find(search: OpenSearch, body: dict[str, Any]) -> list[dict[str, Any]]:
    answer = search.search(index=REPORTS, body=body, ignore_unavailable=True, allow_no_indices=True)
    return [hit.get("_source", {}) for hit in answer["hits"]["hits"]]


def _of(group: Group) -> list[dict[str, Any]]:
    return [_term("log_group", group.log_group), _term("model.version", group.model_version)]


def _filter_end(within: Period) -> dict[str, Any]:
    return {"range": {"@timestamp": {"gt": format_iso(within.start), "lte": format_iso(within.end)}}}


def _term(field: str, value: str) -> dict[str, Any]:
    return {"term": {field: value}}
