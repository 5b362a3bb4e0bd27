"""The long runs as Markdown tables, and whether they keep what the rule promises."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from typing import Any

WEEK = 168
SHIFT, QUIET_SHIFT, SMALL_SHIFT = 5, 10, 3
QUIET_RATE = 200
QUIET_HEAD = """| traffic | an hour | days of reference | false hours a week | of all hours | of them drift | \
the same tests without hours, dispersion and longer looks | Evidently | NannyML |
| --- | --: | --: | --: | --: | --: | --: | --: | --: |"""
SHIFT_HEAD = """| an hour | points of the label mix | found in so much of the 24 hours after it | median hours until \
it is found | +3 points found within a week | median hours until then | Evidently, of 24 hours | NannyML |
| --: | --: | --: | --: | --: | --: | --: | --: |"""


def tables(found: Sequence[dict[str, Any]]) -> str:
    """Return both tables, of as many weeks as there are of each row."""
    rows: dict[tuple[bool, int, int], list[dict[str, Any]]] = {}
    for each in found:
        rows.setdefault((each["traffic"], each["rate"], each["days"]), []).append(each)
    return "\n".join(
        [
            QUIET_HEAD,
            *(_quiet(*key, row) for key, row in rows.items()),
            "",
            SHIFT_HEAD,
            *(_shift(key[1], row) for key, row in rows.items() if "found" in row[0]),
        ]
    )


def promises_broken(found: Sequence[dict[str, Any]]) -> list[str]:
    """Return what the rule does worse than it should: at most two false hours a week, and enough finds."""
    broken = []
    for rate in (400, 2000, 20_000):
        row = [each for each in found if each["traffic"] and each["days"] == 14 and each["rate"] == rate]
        if (alarms := sum(each["alarms"] for each in row) / len(row)) > 2:
            broken.append(f"{alarms:.2f} false hours a week at {rate:,} an hour")
        share = sum(each["found"] for each in row) / len(row) / 24
        if share < {400: 0, 2000: 0.3, 20_000: 0.8}[rate]:
            broken.append(f"+{SHIFT} points at {rate:,} an hour found in {share:.2f} of the hours")
        small = sum(each["first_small"] is not None for each in row) / len(row)
        if small < 0.75:
            broken.append(f"+{SMALL_SHIFT} points at {rate:,} an hour found in {100 * small:.0f} % of the weeks")
    return broken


def _quiet(varies: bool, rate: int, reference_days: int, row: Sequence[dict[str, Any]]) -> str:
    weeks = len(row)
    alarms, drifts = (sum(each[name] for each in row) / weeks for name in ("alarms", "drifts"))
    asked = [each for each in row if "others" in each]
    others = [f"{sum(each['others'][i] for each in asked) / len(asked):.0f}" for i in (0, 1)] if asked else ["–"] * 2
    plain = f"{sum(each['plain'] for each in asked) / len(asked):.0f}" if asked else "–"
    cells = [
        "seasonal" if varies else "unvarying",
        f"{rate:,}",
        str(reference_days),
        f"{alarms:.2f}",
        f"{100 * alarms / WEEK:.2f} %",
        f"{drifts:.2f}",
        plain,
        *others,
    ]
    return f"| {' | '.join(cells)} |"


def _shift(rate: int, row: Sequence[dict[str, Any]]) -> str:
    runs = len(row)
    firsts = [each["first"] or math.inf for each in row]
    asked = [each for each in row if "others_found" in each]
    others = (
        [f"{sum(e['others_found'][i] for e in asked) / len(asked) / 24:.2f}" for i in (0, 1)] if asked else ["–"] * 2
    )
    cells = [
        f"{rate:,}",
        f"+{QUIET_SHIFT if rate < QUIET_RATE else SHIFT}",
        f"{sum(each['found'] for each in row) / runs / 24:.2f}",
        f"{statistics.median(firsts):g}",
        f"{100 * sum(each['first_small'] is not None for each in row) / runs:.0f} %",
        f"{statistics.median(each['first_small'] or math.inf for each in row):g}",
        *others,
    ]
    return f"| {' | '.join(cells)} |"
