"""Events of both reports: when one is due, who speaks, and what it carries."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from monitors.quality.events import make_event
from monitors.quality.judging import Verdict
from monitors.quality.run import Run
from monitors.reporting.events import Sent, is_news, pick_worst_of_each
from monitors.reporting.periods import Group, Period, read_moment

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("said", "last", "is_due"),
    [
        ("worse", None, True),
        ("fine", None, False),
        ("worse", Sent("worse", NOW - HOUR), False),
        ("worse", Sent("worse", NOW - 6 * HOUR), True),
        ("worse", Sent("fine", NOW - HOUR), True),
        ("fine", Sent("worse", NOW - HOUR), True),
        ("fine", Sent("fine", NOW - 99 * HOUR), False),
    ],
)
def test_an_event_is_due_when_it_is_news_or_after_the_cool_down(said: str, last: Sent | None, is_due: bool) -> None:
    assert is_news(said, "fine", NOW, last, 6 * HOUR) is is_due


def test_the_worst_of_each_log_group_speaks_and_of_equals_the_first() -> None:
    runs = [("a", 1, "first"), ("a", 1, "second"), ("b", 0, "other"), ("a", 0, "third")]

    spoken = pick_worst_of_each(runs, lambda run: run[0], lambda run: run[1])

    assert spoken == [("a", 1, "first"), ("b", 0, "other")]


def test_the_event_on_quality_has_the_short_link_and_none_that_signing_in_loses() -> None:
    run = Run(Group("/g", "1"), NOW, Period(NOW - HOUR, NOW), 5, Verdict.WORSE, "accuracy 90 % → 50 %")

    made = make_event(run, "https://search.example/_dashboards/goto/abc")

    detail = json.loads(made["Detail"])
    assert (made["Source"], made["DetailType"]) == ("prediction-monitoring", "PredictionQuality")
    assert (detail["dashboard"], detail["standing"]) == ("https://search.example/_dashboards/goto/abc", "worse")
    assert "#" not in made["Detail"]
    assert "dashboard" not in json.loads(make_event(run)["Detail"])


@pytest.mark.parametrize("text", ["2026-05-01T12:00:00", "2026-05-01T12:00:00Z", "2026-05-01T14:00:00+02:00"])
def test_a_time_without_an_offset_is_utc(text: str) -> None:
    assert read_moment(text) == NOW
