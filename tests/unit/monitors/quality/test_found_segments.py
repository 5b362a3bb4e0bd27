"""The parts by which quality is counted unasked."""

import math
from typing import Any

import pytest

from monitors.quality.found_segments import name_value


@pytest.mark.parametrize(
    ("value", "part"),
    [(0, "0.0 to 0.1"), (0.05, "0.0 to 0.1"), (0.3, "0.3 to 0.4"), (0.999, "0.9 to 1.0"), (1.0, "0.9 to 1.0")],
)
def test_novelty_has_tenths(value: float, part: str) -> None:
    assert name_value("novelty", value) == part


@pytest.mark.parametrize(
    ("value", "part"),
    [
        *(("FR", "FR"), (True, "true"), (0, "0"), (7, "7"), (34, "30 to 40"), (31_000, "30000 to 40000")),
        *(
            (0.37, "0.3 to 0.4"),
            (1000, "1000 to 2000"),
            (-34, "-40 to -30"),
            (math.nan, None),
            (None, None),
            ([1], None),
        ),
    ],
)
def test_words_are_themselves_and_numbers_have_ranges(value: Any, part: str | None) -> None:
    assert name_value("features.age", value) == part
