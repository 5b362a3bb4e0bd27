"""The decision: from windows and their references to a verdict a person can trust, signal by signal."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from monitors.drift.judgement import signals
from monitors.drift.judgement.explaining import explain_change, explain_row_change, explain_shortage, explain_vanished
from monitors.drift.judgement.signals import LABEL, NOVELTY, SCORE_BY_LABEL, VANISHED_LABEL, WEIGHTS, Pair
from monitors.drift.judgement.verdict import Finding, Rule, Verdict
from monitors.drift.statistics.combining import cauchy, holm
from monitors.drift.statistics.derived import coarser
from monitors.drift.statistics.distances import jensen_shannon, kolmogorov_smirnov, psi
from monitors.drift.statistics.distribution import CrossTable, Distribution, Tally
from monitors.drift.statistics.significance import NO_DISPERSION, Dispersion
from monitors.drift.statistics.vanished import find_vanished

WINDOW = "window"
WINDOW_WEIGHT = 0.9
LONGER = {"6 hours": (6, 0.06), "day": (24, 0.03), "week": (168, 0.01)}
"""Name of a longer look → its hours, and its share of the error that a run is allowed."""
LONGER_MINIMUM = 0.5
"""A longer look needs this part of the rule's minimum, since it is there for models that predict little."""


@dataclass(frozen=True)
class Look:
    """A window of some length beside the reference for its hours.

    `weight` is its share of the error that a run is allowed. `dispersions` are by signal and statistic, for windows of
    this length.
    """

    before: Mapping[str, Tally]
    now: Mapping[str, Tally]
    name: str = WINDOW
    weight: float = 1.0
    dispersions: Mapping[str, Mapping[str, Dispersion]] = field(default_factory=dict)
    unseen_share: float | None = 0.0


def judge(before: Mapping[str, Tally], now: Mapping[str, Tally], rule: Rule) -> list[Finding]:
    """Return a finding for each signal of a single window, compared with a reference that knows no hours."""
    label = before.get(LABEL)
    unseen = signals.expect_unseen(label) if isinstance(label, Distribution) else 0.0
    return judge_looks([Look(before, now, unseen_share=unseen)], rule)


def judge_looks(looks: Sequence[Look], rule: Rule, *, described: bool = True) -> list[Finding]:
    """Return a finding for each signal, from the look with the worst verdict; of several, from the shortest.

    All signals of all looks share one error budget. What cannot be judged leaves its share to the others. The novelty
    has an error of its own, as the columns (inputs.py) and the words (texts.py), so that no other signal finds less.
    Without `described` the findings lack what decides nothing: the explanation, PSI and Jensen-Shannon.
    """
    measured = [finding for look in looks for finding in _measure_look(look, rule)]
    share = {look.name: look.weight for look in looks}
    # Where both windows hold nothing but one and the same value there is nothing to test.
    tested = [finding for finding in measured if finding.p_value is not None and finding.test]
    decided: dict[int, Finding] = {}
    for family in ([f for f in tested if f.signal != NOVELTY], [f for f in tested if f.signal == NOVELTY]):
        corrected = holm(
            [finding.p_value for finding in family if finding.p_value is not None],
            [WEIGHTS.get(finding.signal, 1) * share[finding.look] for finding in family],
        )
        decided |= {id(f): _decide(f, p, rule) for f, p in zip(family, corrected, strict=True)}
    worst: dict[str, Finding] = {}
    for each in (decided.get(id(finding), finding) for finding in measured):
        kept = worst.setdefault(each.signal, each)
        if each.verdict.rank > kept.verdict.rank:
            worst[each.signal] = each
    return [describe(each) if described and each.p_value is not None else each for each in worst.values()]


def find_minimum(look: str, rule: Rule) -> int:
    """Return how many predictions a look of this name needs."""
    return rule.minimum if look == WINDOW else math.ceil(LONGER_MINIMUM * rule.minimum)


def _measure_look(look: Look, rule: Rule) -> list[Finding]:
    rule = replace(rule, minimum=find_minimum(look.name, rule))
    both = signals.pair_up(look.before, look.now, look.unseen_share)
    found = [_measure(name, both, look, rule) for name in both if name != SCORE_BY_LABEL]
    if LABEL in both and (vanished := _find_vanished(both[LABEL], look, rule)):
        found.append(vanished)
    return found


def _measure(signal: str, both: Mapping[str, Pair], look: Look, rule: Rule) -> Finding:
    reference, current = both[signal]
    missing = explain_shortage(signal, reference, current, rule.minimum)
    if missing:
        return Finding(signal, Verdict.NOT_ENOUGH_DATA, missing, reference, current, look.name)
    dispersions = look.dispersions.get(signal, {})
    tests = signals.run_tests(signal, both)
    p_values = [each.p_value(dispersions.get(each.name, NO_DISPERSION)) for each in tests]
    p_value = cauchy(p_values) if p_values else 1.0
    if isinstance(reference, CrossTable):
        # Segments are looked at one by one, and each of them might differ by chance.
        p_value = min(1.0, min(p_values, default=1.0) * len(p_values))
    surplus = max((dispersions.get(each.name, NO_DISPERSION).excess * each.effective for each in tests), default=0.0)
    return Finding(
        signal,
        Verdict.STABLE,
        "",
        reference,
        current,
        look.name,
        effect=signals.measure_effect(signal, both),
        test="+".join(dict.fromkeys(each.test for each in tests)) or None,
        statistic=tests[0].value if tests else 0.0,
        p_value=p_value,
        dispersion=1 + surplus,
    )


def describe(finding: Finding) -> Finding:
    """Add what is reported beside the decision: the explanation, and the measures that people know."""
    if finding.signal == VANISHED_LABEL:
        return finding
    reference, current = finding.reference, finding.current
    if isinstance(reference, CrossTable) or isinstance(current, CrossTable):
        change_of_row = signals.measure_row_effects(finding.signal, (reference, current))[0]
        return replace(finding, explanation=explain_row_change(finding.signal, *change_of_row, reference.bins))
    ks_p_value = None
    binned = reference, current
    if reference.edges:
        binned = coarser(reference, current)
        known = reference.counts[1:], current.counts[1:]
        ks_p_value = kolmogorov_smirnov(*known)[1] if all(map(sum, known)) else None
    before, now = (side.counts for side in binned)
    return replace(
        finding,
        explanation=explain_change(finding.signal, reference, current),
        psi=psi(before, now),
        jensen_shannon=jensen_shannon(before, now),
        ks_p_value=ks_p_value,
    )


def _find_vanished(pair: Pair, look: Look, rule: Rule) -> Finding | None:
    before, now = pair
    assert isinstance(before, Distribution) and isinstance(now, Distribution)
    if min(before.total, now.total) < rule.minimum:
        return None
    found = find_vanished(before, now, look.dispersions.get(VANISHED_LABEL, {}))
    if found is None:
        return None
    shares = (found.usual_share, before.total), (found.share, now.total)
    counts = [Distribution((found.label, "others"), (s * total, (1 - s) * total)) for s, total in shares]
    return Finding(
        VANISHED_LABEL,
        Verdict.STABLE,
        explain_vanished(found.label, found.usual_share, found.share),
        counts[0],
        counts[1],
        look.name,
        effect=found.usual_share - found.share,
        test="fisher",
        statistic=0.0,
        p_value=found.p_value,
    )


def _decide(finding: Finding, p_adjusted: float, rule: Rule) -> Finding:
    verdict = rule.verdict(finding.signal, p_adjusted, finding.effect or 0.0)
    return replace(finding, verdict=verdict, p_adjusted=p_adjusted)
