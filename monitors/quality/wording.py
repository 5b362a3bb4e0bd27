"""Numbers as people read them."""

from __future__ import annotations

LONGEST_NAME = 40
MOST_WRITTEN_OUT = 1e12


def percent(share: float) -> str:
    """Return `90.1 %`; never `0.0 %` or `100.0 %` for what is not quite that."""
    if 0 < share < 0.0005:
        return "under 0.1 %"
    if 0.9995 <= share < 1:
        return "over 99.9 %"
    return f"{100 * share:.1f} %"


def number(value: float) -> str:
    """Return three digits, or all of a large number's as long as a person can count them."""
    return f"{value:,.0f}" if 1000 <= abs(value) < MOST_WRITTEN_OUT else f"{value:.3g}"


def quoted(name: str) -> str:
    """Return a name in quotation marks, shortened."""
    return f"“{name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + '…'}”"
