"""How wide the preview's bars are: as Dashboards 2.11 computes it."""

import math

import pytest

from dashboards.preview.aggregations import UndrawableError
from dashboards.preview.intervals import bounds_request, interval, with_intervals

VALUES = {"id": "2", "type": "histogram", "schema": "segment", "params": {"field": "value", "interval": "auto"}}


@pytest.mark.parametrize(
    ("wanted", "spread", "width"),
    [
        ("auto", 95.0, 1.0),
        ("auto", 150.0, 2.0),
        ("auto", 420.0, 5.0),
        ("auto", 900.0, 10.0),
        ("auto", 0.0, 1.0),
        (0.05, 1.0, 0.05),
        ("0.05", 1_000_000.0, 10_000.0),
        (1, 250.0, 3.0),
    ],
)
def test_no_more_than_a_hundred_bars_are_drawn(wanted: str | float, spread: float, width: float) -> None:
    assert interval(wanted, spread) == pytest.approx(width)


def test_values_with_no_number_between_them_are_too_far_apart() -> None:
    with pytest.raises(UndrawableError, match="too far apart"):
        interval("auto", math.inf)


def test_the_bounds_are_asked_for_first_and_make_the_interval_a_number() -> None:
    bounds = {"minAgg": {"value": 10.0}, "maxAgg": {"value": 110.0}}

    assert bounds_request([VALUES]) == {"minAgg": {"min": {"field": "value"}}, "maxAgg": {"max": {"field": "value"}}}
    assert with_intervals([VALUES], bounds)[0]["params"]["interval"] == 1.0
    assert bounds_request([]) == {}
