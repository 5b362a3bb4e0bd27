"""Numbers and names as people read them."""

from __future__ import annotations

LONGEST_NAME = 60
MOST_WRITTEN_OUT = 1e12
ROUNDING = 1e-9


def format_percent(share: float, *, always_decimal: bool = False) -> str:
    """Return `31 %`, with a decimal near the ends, where a point is a lot, or always.

    `0 %` and `100 %` are returned only for exactly these.
    """
    if 0 < share < (0.0005 if always_decimal else 0.001):
        return "under 0.1 %"
    if 0.9995 <= share < 1 - ROUNDING:
        return "over 99.9 %"
    is_end = share <= 0 or share >= 1 - ROUNDING
    digits = 1 if always_decimal or not (is_end or 0.1 <= share <= 0.9) else 0
    return f"{100 * min(1.0, max(0.0, share)):.{digits}f} %"


def format_number(value: float) -> str:
    """Return three digits, or all of a large number's as long as a person can count them."""
    return f"{value:,.0f}" if 1000 <= abs(value) < MOST_WRITTEN_OUT else f"{value:.3g}"


def format_count(count: int, noun: str) -> str:
    """Return a count with its noun: `1 prediction`, `2,140 predictions`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def shorten(name: str) -> str:
    """Return a name that fits into a sentence."""
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


def quote(name: str) -> str:
    """Return a name in quotation marks, shortened."""
    return f"“{shorten(name)}”"
