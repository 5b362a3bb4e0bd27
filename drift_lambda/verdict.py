"""The decision: from two windows to a verdict a person can trust, signal by signal and for the run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from drift_lambda import measures
from drift_lambda.distribution import (
    Distribution,
    align,
    coarser,
    edge_at,
    never_seen,
    share_below,
)
from drift_lambda.words import change, shortage

KEPT_RAW = "kept_raw"
LABEL = "label"
LEAST_SURE = "least_sure"
NEW_LABEL = "new_label"
SCORE = "score"
WEIGHTS = {LABEL: 3, SCORE: 2, LEAST_SURE: 0.5, NEW_LABEL: 0.5, KEPT_RAW: 0.5}
"""Shares of the error that is allowed per run; what a prediction says counts most, derived signals least."""
RARE = (KEPT_RAW, LEAST_SURE, NEW_LABEL)
"""Signals whose share is small when all is well, so that a small change of it matters."""
ROUNDING = 1e-9


class Verdict(StrEnum):
    """In the order of what a person should look at first, the last one most."""

    NOT_ENOUGH_DATA = "not enough data"
    STABLE = "stable"
    WARNING = "warning"
    DRIFT = "drift"

    @property
    def severity(self) -> int:
        """0 where there is nothing to act on, 1 for a warning, 2 for drift."""
        return max(0, list(Verdict).index(self) - 1)


@dataclass(frozen=True)
class Rule:
    """When a change counts: both surely there (p after Holm's correction) and large enough to matter.

    Effects are in shares of the predictions: the part that changed category, or for numbers the largest
    difference of the cumulated shares. `rare_*` hold for what should hardly occur: lines kept raw, labels never
    seen before, the least sure predictions.
    benchmarks/drift/RESULTS.md shows what these numbers find and how often they cry wolf.
    """

    minimum: int = 200
    warning_alpha: float = 0.01
    """Chance of a false warning per run, over all signals together."""
    drift_alpha: float = 0.001
    """The same for drift."""
    warning_effect: float = 0.03
    drift_effect: float = 0.10
    rare_warning_effect: float = 0.01
    rare_drift_effect: float = 0.05
    least_sure_share: float = 0.05

    def verdict(self, p_adjusted: float, effect: float, rare: bool) -> Verdict:
        """What one signal says, given its corrected p-value and its effect."""
        drift, warning = (
            (self.rare_drift_effect, self.rare_warning_effect) if rare else (self.drift_effect, self.warning_effect)
        )
        if p_adjusted <= self.drift_alpha and effect >= drift - ROUNDING:
            return Verdict.DRIFT
        if p_adjusted <= self.warning_alpha and effect >= warning - ROUNDING:
            return Verdict.WARNING
        return Verdict.STABLE


@dataclass(frozen=True)
class Finding:
    """One signal of one run. The measures are None where there was not enough data for them."""

    signal: str
    verdict: Verdict
    words: str
    reference: Distribution
    current: Distribution
    psi: float | None = None
    jensen_shannon: float | None = None
    effect: float | None = None
    test: str | None = None
    statistic: float | None = None
    p_value: float | None = None
    ks_p_value: float | None = None
    p_adjusted: float | None = None


def judge(
    reference: Mapping[str, Distribution],
    current: Mapping[str, Distribution],
    rule: Rule,
) -> list[Finding]:
    """A finding for each signal of the reference, corrected for their number.

    A signal that the current window lacks altogether raises KeyError: the windows were not counted alike.
    """
    pairs = {name: align(before, current[name]) for name, before in reference.items()}
    pairs |= _derived(pairs, rule)
    measured = [_measure(name, before, now, rule) for name, (before, now) in pairs.items()]
    tested = [finding for finding in measured if finding.p_value is not None]
    corrected = measures.holm(
        [finding.p_value for finding in tested if finding.p_value is not None],
        [WEIGHTS.get(finding.signal, 1) for finding in tested],
    )
    decided = {f.signal: _decide(f, p, rule) for f, p in zip(tested, corrected, strict=True)}
    return [decided.get(finding.signal, finding) for finding in measured]


def _derived(
    pairs: Mapping[str, tuple[Distribution, Distribution]], rule: Rule
) -> dict[str, tuple[Distribution, Distribution]]:
    """The two signals that follow from the counts of others."""
    derived = {}
    if LABEL in pairs:
        derived[NEW_LABEL] = never_seen(*pairs[LABEL])
    if SCORE in pairs and (edge := edge_at(pairs[SCORE][0], rule.least_sure_share)) is not None:
        before, now = pairs[SCORE]
        derived[LEAST_SURE] = share_below(before, edge), share_below(now, edge)
    return derived


def _measure(signal: str, reference: Distribution, current: Distribution, rule: Rule) -> Finding:
    words = shortage(signal, reference, current, rule.minimum)
    if words:
        return Finding(signal, Verdict.NOT_ENOUGH_DATA, words, reference, current)
    if reference.edges:
        test = "anderson_darling"
        statistic, p_value = measures.anderson_darling(reference.counts, current.counts)
        effect, ks_p_value = measures.kolmogorov_smirnov(reference.counts, current.counts)
        binned = coarser(reference, current)
    else:
        ks_p_value = None
        test, statistic, p_value = measures.mix_test(reference.counts, current.counts)
        effect = measures.total_variation(reference.counts, current.counts)
        binned = reference, current
    before, now = (side.counts for side in binned)
    return Finding(
        signal,
        Verdict.STABLE,
        change(signal, reference, current),
        reference,
        current,
        psi=measures.psi(before, now),
        jensen_shannon=measures.jensen_shannon(before, now),
        effect=effect,
        test=test,
        statistic=statistic,
        p_value=p_value,
        ks_p_value=ks_p_value,
    )


def _decide(finding: Finding, p_adjusted: float, rule: Rule) -> Finding:
    verdict = rule.verdict(p_adjusted, finding.effect or 0.0, rare=finding.signal in RARE)
    return replace(finding, verdict=verdict, p_adjusted=p_adjusted)


def overall(findings: Iterable[Finding], predictions: int, rule: Rule) -> Verdict:
    """The worst finding; never `stable` below the minimum, or where no signal could be judged."""
    worst = max(
        (f.verdict for f in findings),
        key=list(Verdict).index,
        default=Verdict.NOT_ENOUGH_DATA,
    )
    if worst is Verdict.STABLE and predictions < rule.minimum:
        return Verdict.NOT_ENOUGH_DATA
    return worst
