"""The verdict on the columns of the input: they share one error of their own, and what moved together is one message.

A column alarms where its change is sure at once (0.0001), or sure enough (0.01) in two windows that follow each other.
One window in a hundred has a column that moved by chance, and hardly ever the same one twice.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from monitors.drift.judgement.explaining import explain_change, explain_shortage
from monitors.drift.judgement.judging import Look, describe
from monitors.drift.judgement.signals import INPUTS, is_column, path_of
from monitors.drift.judgement.verdict import Finding, Rule, Verdict
from monitors.drift.statistics.column_tests import combine_aspects, find_aspects
from monitors.drift.statistics.combining import benjamini_hochberg
from monitors.drift.statistics.distribution import Distribution, align
from monitors.drift.statistics.significance import NO_DISPERSION, Statistic
from monitors.reporting.wording import format_count

ONCE_ALPHA = 0.0001
MOST_SHOWN = 10
"""How many of the columns that moved get a finding of their own, the surest and largest first."""
MOST_NAMED = 3
EMPTY = Distribution((), ())
Suspected = Callable[[], Collection[str]]
"""Returns which columns the window before suspected; asked only where it matters."""


@dataclass(frozen=True)
class Column:
    """What the tests say of one column: `changes` are the effects that are sure, each with whether it is a rare one."""

    path: str
    before: Distribution
    now: Distribution
    changes: Sequence[tuple[float, bool]]
    tests: Sequence[Statistic]
    p_value: float
    surplus: float


@dataclass(frozen=True)
class Watched:
    """What is known of the columns beside their counts."""

    left_out: Mapping[str, str] = field(default_factory=dict)
    """Why a path is not watched."""
    retyped: Mapping[str, str] = field(default_factory=dict)
    """Which paths hold another type of value than in the reference."""
    unseen: Mapping[str, float] = field(default_factory=dict)
    """Which share of a signal's values is expected to be new."""


def judge_inputs(look: Look, watched: Watched, rule: Rule, suspected: Suspected) -> list[Finding]:
    """Return a finding for all columns, and one for each of those that moved; nothing where there are no columns."""
    names = [name for name in look.before if is_column(name) and name in look.now]
    if not names and not watched.retyped:
        return []
    whole = Finding(INPUTS, Verdict.NOT_ENOUGH_DATA, "no column of the input is watched", EMPTY, EMPTY, look.name)
    about: dict[str, Any] = {
        "watched": len(names),
        "moved": [],
        "left_out": [f"{path}: {why}" for path, why in watched.left_out.items()],
    }
    for name in names[:1]:
        if min(look.before[name].total, look.now[name].total) < rule.minimum:
            why = explain_shortage(INPUTS, look.before[name], look.now[name], rule.minimum)
            return [replace(whole, explanation=why, details={"columns": about})]
    columns = [_measure(name, look, watched, rule) for name in names]
    corrected = benjamini_hochberg([each.p_value for each in columns])
    found = [_decide(each, p, rule, look) for each, p in zip(columns, corrected, strict=True)]
    moved, suspicious = _confirm(found, suspected)
    moved = [*(_retype(path, why, look) for path, why in watched.retyped.items()), *moved]
    about["moved"] = [each.signal for each in moved]
    whole = replace(
        whole,
        verdict=max((each.verdict for each in moved), key=lambda verdict: verdict.rank, default=Verdict.STABLE),
        explanation=_explain(moved, len(names), watched.left_out),
        details={"columns": about, "suspected": suspicious},
        effect=max((each.effect or 0.0 for each in moved), default=0.0),
        test="benjamini_hochberg",
        p_adjusted=min(corrected, default=None),
    )
    return [whole, *(describe(each) if each.test else each for each in moved[:MOST_SHOWN])]


def _confirm(found: Sequence[Finding], suspected: Suspected) -> tuple[list[Finding], list[str]]:
    """Return the columns that surely moved, the surest first, and the names of all that may have."""
    suspicious = sorted(
        (each for each in found if each.verdict.severity),
        key=lambda each: (each.p_adjusted or 0.0, -(each.effect or 0.0), each.signal),
    )
    unsure = {each.signal for each in suspicious if (each.p_adjusted or 0.0) > ONCE_ALPHA}
    unsure -= set(suspected()) if unsure else set()
    return [each for each in suspicious if each.signal not in unsure], [each.signal for each in suspicious]


def _measure(name: str, look: Look, watched: Watched, rule: Rule) -> Column:
    before, now = look.before[name], look.now[name]
    assert isinstance(before, Distribution) and isinstance(now, Distribution)
    dispersions = look.dispersions.get(name, {})
    aspects = find_aspects(before, now, watched.unseen.get(name, 0.0))
    changes = [
        (each.effect, each.is_rare) for each in aspects if min(each.compute_p_values(dispersions)) <= rule.warning_alpha
    ]
    tests = [test for each in aspects for test in each.statistics]
    surplus = max((dispersions.get(t.name, NO_DISPERSION).excess * t.effective for t in tests), default=0.0)
    return Column(path_of(name), before, now, changes, tests, combine_aspects(aspects, dispersions), surplus)


def _decide(column: Column, p_adjusted: float, rule: Rule, look: Look) -> Finding:
    """Return the finding of a column, as if its change were confirmed."""
    verdicts = [rule.judge_change(p_adjusted, effect, is_rare=is_rare) for effect, is_rare in column.changes]
    return Finding(
        column.path,
        max(verdicts, key=lambda verdict: verdict.rank, default=Verdict.STABLE),
        "",
        *align(column.before, column.now),
        look.name,
        part_of=INPUTS,
        effect=max((effect for effect, _ in column.changes), default=0.0),
        test="+".join(dict.fromkeys(test.test for test in column.tests)) or None,
        p_value=column.p_value,
        p_adjusted=p_adjusted,
        dispersion=1 + column.surplus,
    )


def _retype(path: str, why: str, look: Look) -> Finding:
    return Finding(path, Verdict.WARNING, why, EMPTY, EMPTY, look.name, part_of=INPUTS, p_adjusted=0.0)


def _explain(moved: list[Finding], watched: int, left_out: Mapping[str, str]) -> str:
    if not moved:
        text = f"{format_count(watched, 'column')} as in the reference"
        said = [f"{path} ({why})" for path, why in left_out.items()]
        more = f" and {len(said) - MOST_NAMED} more" if len(said) > MOST_NAMED else ""
        return f"{text}; left out: {', '.join(said[:MOST_NAMED])}{more}" if said else text
    said = [f"{each.signal}: {_explain_column(each)}" for each in moved[:MOST_NAMED]]
    text = "; ".join(said) + (f"; and {len(moved) - MOST_NAMED} more" if len(moved) > MOST_NAMED else "")
    return f"{format_count(len(moved), 'column')} moved together: {text}" if len(moved) > 1 else text


def _explain_column(finding: Finding) -> str:
    reference, current = finding.reference, finding.current
    if finding.explanation:
        return finding.explanation
    assert isinstance(reference, Distribution) and isinstance(current, Distribution)
    return explain_change("values", reference, current)
