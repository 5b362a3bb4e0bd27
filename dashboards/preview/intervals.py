"""How wide a bar of a histogram is, as Dashboards 2.11 decides it: by the smallest and the largest value there is.

So one large number makes all other bars one. The preview must not draw more than Dashboards does.
"""

import math
from typing import Any

from dashboards.preview.aggregations import UndrawableError

MOST_BARS = 100
"""The setting `histogram:maxBars` of Dashboards."""
BOUNDS = ("minAgg", "maxAgg")


def bounds_request(aggs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the `aggs` that find the smallest and the largest value of the histogram's field; empty without one."""
    field = next((each["params"]["field"] for each in aggs if each["type"] == "histogram"), None)
    return {name: {name[:3]: {"field": field}} for name in BOUNDS} if field else {}


def with_intervals(aggs: list[dict[str, Any]], bounds: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the aggregations with the interval of each histogram as a number. `bounds` is the answer's part."""
    low, high = (bounds[name]["value"] or 0.0 for name in BOUNDS)
    return [
        {**each, "params": {**each["params"], "interval": interval(each["params"]["interval"], high - low)}}
        if each["type"] == "histogram"
        else each
        for each in aggs
    ]


def interval(wanted: str | float, spread: float) -> float:
    """Return the width of a bar: as wanted, unless that makes too many; of `auto`, 1, 2 or 5 times a power of 10.

    Raises:
        UndrawableError: if no number is as large as the spread.
    """
    if not math.isfinite(spread):
        raise UndrawableError(
            "the smallest and the largest value are too far apart for bars: search for a part of them"
        )
    if wanted == "auto":
        return _auto(spread / MOST_BARS) if spread else 1.0
    given = float(wanted)
    if spread / given <= MOST_BARS:
        return given
    least = spread / MOST_BARS
    power = 10.0 ** math.floor(math.log10(least))
    return power * math.ceil(least / power)


def _auto(exact: float) -> float:
    power = 10.0 ** math.floor(math.log10(exact))
    return next(power * step for step in (1, 2, 5, 10) if exact <= power * step)
