"""Documents with every odd value of every type, for each field that a template of this project names."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from opensearchpy import OpenSearch, helpers

from predmon.paths import ROOT
from stacks.constructs.index_templates import TEMPLATE_FILES

PREFIX = "odd-"
"""Before each index and pattern, so that no other test sees these documents."""
DAYS = 2
NUMBERS = (
    -1, 0, -0.0, 3e-17, 5e-324, 1e-300, 1.8e18, 1.7e308, -1.7e308, 2**31 - 1, 2**53 + 1, None, [], [1, -1, 1.7e308],
    "0.9", "1e400", "x", True,
)  # fmt: skip
WORDS = ("", "x" * 2000, "x" * 40_000, "\u0000", "𝔘 \n\t\u202e", ["a", "b", ""], ["a"] * 300, "__missing__", "Infinity")
YES_OR_NO = (True, False, "true", None, [], [True, False], "x")
TIMES = ("2026-11-30T00:00:00Z", 0, -1, None, "1969-01-01", "9999-12-31T00:00:00Z", "x")
VALUES: Mapping[str, tuple[Any, ...]] = {
    "double": NUMBERS, "scaled_float": NUMBERS, "integer": NUMBERS, "long": NUMBERS,
    "boolean": YES_OR_NO, "date": TIMES,
}  # fmt: skip
KINDS = ["run", "signal", "bin", "now", "day", "overview"]
"""So that each panel of the reports finds each document."""
WIDE = {f"column_{number}": "a word" for number in range(700)}
"""A line with so many columns has more fields than OpenSearch searches for a word without a field."""


def write_odd_documents(engine: OpenSearch) -> int:
    """Write the templates and the documents, and return how many the engine took. It refuses some."""
    written = 0
    for name, file in TEMPLATE_FILES.items():
        template = json.loads((ROOT / file).read_text())
        (pattern,) = template["index_patterns"]
        engine.indices.put_index_template(
            name=f"{PREFIX}{name}", body={**template, "index_patterns": [PREFIX + pattern]}
        )
        written += helpers.bulk(engine, _actions(pattern, template), raise_on_error=False, stats_only=True)[0]
    engine.indices.refresh(index=f"{PREFIX}*")
    return written


def _actions(pattern: str, template: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    now = datetime.now(UTC)
    if pattern == "cwl-*":
        yield {"_index": f"{PREFIX}cwl-{now:%Y.%m.%d}", "_source": {**_ordinary(pattern, now), "inputs": WIDE}}
    for path, type_ in _fields(template["template"]["mappings"]["properties"]):
        for number, value in enumerate(VALUES.get(type_, WORDS + NUMBERS)):
            for days_ago in range(DAYS):
                at = now - timedelta(days=days_ago, minutes=number)
                names = [pattern.replace("*", f"{at:%Y.%m.%d}")]
                names += [pattern.replace("*", "now")] if pattern in ("drift-*", "quality-*") else []
                for index in names:
                    yield {"_index": PREFIX + index, "_source": _with(_ordinary(pattern, at), path, value)}


def _ordinary(pattern: str, at: datetime) -> dict[str, Any]:
    stamp = at.isoformat()
    if pattern == "cwl-*":
        return {"@timestamp": stamp, "@log_group": "/odd", "prediction": {"label": "a", "score": 0.5}}
    return {
        "@timestamp": stamp, "predicted": stamp, "kind": KINDS, "state": "joined", "log_group": "/odd",
        "model": {"version": "1"}, "verdict": "drift", "task": "classification",
    }  # fmt: skip


def _fields(properties: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for name, each in properties.items():
        if "properties" in each:
            yield from _fields(each["properties"], f"{before}{name}.")
        elif each["type"] != "alias":
            yield f"{before}{name}", each["type"]


def _with(document: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    *parents, last = path.split(".")
    inner = document
    for name in parents:
        inner = inner.setdefault(name, {})
    inner[last] = value
    return document
