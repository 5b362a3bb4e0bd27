"""The searches of a Vega panel, as Dashboards makes them: the marks between `%` become what the reader chose."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from dashboards.preview.aggregations import UndrawableError
from dashboards.preview.timerange import TimeRange

CLAUSES = {f"%dashboard_context-{name}_clause%": name for name in ("must", "filter", "must_not")}
TIMES = "%timefilter%"
UNITS = {"d": "days", "day": "days", "h": "hours", "hour": "hours", "w": "weeks", "week": "weeks", "m": "minutes"}
_NOT_DRAWN = ("%context%", "%timefield%", "%context_query%", "%autointerval%")


def list_searches(spec: Mapping[str, Any], query: Mapping[str, Any], span: TimeRange) -> dict[str, dict[str, Any]]:
    """Return the searches of a spec by the name of their data, each with an `index` and a `body`.

    `query` is the `bool` of what the reader searches for and has chosen, without the time range.

    Raises:
        UndrawableError: if the spec asks for data in a way that the preview does not know.
    """
    return {name: _fill(url, query["bool"], span) for name, url in _urls(spec)}


def fill_in(spec: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the spec with the answers in place of its searches, and without the settings of Dashboards."""
    data = [
        {**{key: value for key, value in each.items() if key != "url"}, "values": answers[each["name"]]}
        if "url" in each
        else each
        for each in spec["data"]
    ]
    config = {key: value for key, value in spec.get("config", {}).items() if key != "kibana"}
    return {**spec, "data": data, "config": config}


def _urls(spec: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for each in spec.get("data", []):
        if "url" in each:
            url = each["url"]
            if not isinstance(url, dict) or set(url) - {"index", "body"}:
                raise UndrawableError(f"the preview knows data of Vega only with an index and a body ({each['name']})")
            yield each["name"], url


def _fill(part: Any, context: Mapping[str, Any], span: TimeRange) -> Any:
    if isinstance(part, list):
        return [one for each in part for one in _fill_item(each, context, span)]
    if not isinstance(part, dict):
        return part
    if unknown := [name for name in _NOT_DRAWN if name in part]:
        raise UndrawableError(f"the preview does not know {unknown[0]} in a Vega panel")
    if TIMES not in part:
        return {name: _fill(each, context, span) for name, each in part.items()}
    away = timedelta(**{UNITS[part.get("unit", "d")]: part.get("shift", 0)})
    bounds = {"min": span.start + away, "max": span.end + away}
    if part[TIMES] in bounds:
        return int(bounds[part[TIMES]].timestamp() * 1000)
    return {
        "gte": bounds["min"].isoformat(), "lte": bounds["max"].isoformat(), "format": "strict_date_optional_time"
    }  # fmt: skip


def _fill_item(item: Any, context: Mapping[str, Any], span: TimeRange) -> list[Any]:
    if isinstance(item, str) and item in CLAUSES:
        return list(context.get(CLAUSES[item], []))
    return [_fill(item, context, span)]
