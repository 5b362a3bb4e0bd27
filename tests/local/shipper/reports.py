"""The cases of `tests/reports`: which are kept raw and why, and which are indexed as what."""

from typing import Any

from tests.invoking import ROOT

FILES = {file.name.partition("-")[0]: file for file in sorted((ROOT / "tests" / "reports").glob("*.log"))}
FILES |= {file.stem: file for file in FILES.values()}
LINES = ("S06", "S07", "S09", "S12", "S14", "S18", "S25")
TEXT = {"text": "The tap drips."}
PLUMBING = {"prediction": {"label": "plumbing", "score": 0.91}}
A, B = {"prediction": {"label": "a", "score": 0.5}}, {"prediction": {"label": "b", "score": 0.6}}
NEIGHBOUR = {"prediction": {"label": "b", "score": 0.7}}
FAILED = {"prediction": None, "shipper": {"failed": True}}
FILLED = {"model": {"name": "reviews", "version": "7"}, "latency_ms": 12.5, "request_id": "r-77", "tenant": "north"}
Document = dict[str, Any]


def lines_of(case: str) -> list[str]:
    text = FILES[case].read_text()
    return text.splitlines() if case[:3] in LINES else [text]


RAW: dict[str, set[str]] = {
    **{f"S01{letter}": {"not_json"} for letter in "abcefghi"},
    "S01d": {"not_json", "broken_json"},
    "S03c": {"broken_json"},
}


INDEXED: dict[str, list[Document]] = {
    **{f"S02{letter}": [TEXT | PLUMBING] for letter in "abcdefghij"},
    "S02k": [TEXT | PLUMBING] * 2,
    "S03a": [TEXT | PLUMBING],
    "S03b": [TEXT | PLUMBING],
    "S04a": [TEXT | PLUMBING | FILLED],
    "S04b": [TEXT | PLUMBING | FILLED],
    "S05a": [A | {"text": "first"}, B | {"text": "second"}],
    "S05b": [A | {"text": "first"}, B | {"text": "second"}],
    "S05c": [A | {"text": "first"}],
    "S05d": [A | {"text": "first"}],
    "S05e": [A | {"text": "first"}, B | {"text": "second"}, A | {"text": "first"}],
    "S05f": [A | {"text": "first"}],
    "S06": [{"prediction": {"label": label}} for label in "abc"],
    "S07-neighbour-B": [
        {"prediction": {"label": "b", "score": 0.7}, **more} for more in ({"country": "NO"}, {}, {"retries": 0})
    ],
    "S09": [A, A | {"user_hash": 7}],
    "S11a": [{"prediction": {"value": 0.9342}}],
    "S11b": [{"prediction": {"label": "spam", "score": 0.93}}],
    "S11c": [{"prediction": {"label": "1", "score": 0.93}}],
    "S11d": [{"prediction": {"value": 0.9342}}],
    "S12": [{"prediction": {"label": "1"}}] * 3,
    "S13": [{"prediction": {"label": "a", "score": None}, "margin": None, "big": None}],
    "S15a": [TEXT | PLUMBING],
    "S15b": [TEXT | PLUMBING],
    "S18": [{"prediction": {"label": "a"}}, TEXT | PLUMBING],
    "S21": [A | {"service": "scorer"}],
    "S22a": [{"prediction": {"label": "setosa"}}],
    "S22b": [{"prediction": {"value": 2}}],
    "S22c": [
        {"prediction": None, "error": {"message": "BentoService API needs valid JSON"}, "shipper": {"failed": True}}
    ],
    "S24": [TEXT | PLUMBING],
    "S25": [{"prediction": {"value": value}} for value in (118.3, 118.0, 2, 1000.0)],
    "S26": [{"prediction": {"label": "a", "score": 0.9}}],
    "S27": [{"prediction": {"value": 0.93}}],
    "S28": [{"prediction": {"label": "Egyptian_cat", "score": 0.93}}],
}
