"""What the watched fields are in the indices."""

from types import SimpleNamespace
from typing import Any

from monitors.drift.config import Config
from monitors.drift.windows.fields import Kind, find_fields
from monitors.reporting.periods import Period, read_moment

DAY = Period(read_moment("2026-05-01"), read_moment("2026-05-02"))


def test_a_number_as_segment_field_says_what_to_do() -> None:
    answer = {"fields": {"branch": {"long": {}}, "prediction.score": {"float": {}}}}
    search: Any = SimpleNamespace(field_caps=lambda **_: answer)

    found = find_fields(search, DAY, Config("http://unused", segment_field="branch"))

    assert found["segments"].kind is Kind.UNUSABLE
    assert found["segments"].problem == "branch is a number, and segments are the values of a keyword; log it as a text"
    assert found["score"].kind is Kind.NUMBER
