"""What can be said of a signal or a run, and the rule that decides it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from monitors.drift.judgement.signals import RARE, SEGMENTS, VANISHED_LABEL
from monitors.drift.statistics.distribution import Tally
from monitors.reporting.ladder import Ladder
from monitors.reporting.periods import Period

ROUNDING = 1e-9


class Verdict(Ladder):
    """In the order of what a person should look at first, the last one most."""

    NOT_ENOUGH_DATA = "not enough data"
    STABLE = "stable"
    WARNING = "warning"
    DRIFT = "drift"


@dataclass(frozen=True)
class Rule:
    """When a change counts: both surely there (p after Holm's correction) and large enough to matter.

    Effects are in shares of the predictions: the part that changed category, or for numbers the largest
    difference of the cumulated shares. `rare_*` hold for what should hardly occur: lines kept raw, labels never
    seen before, the least sure predictions. `segment_*` hold within one segment.
    benchmarks/drift/RESULTS.md shows what these numbers find, and how often they raise a false alarm.
    """

    minimum: int = 200
    warning_alpha: float = 0.01
    """Chance of a false warning per run, over all signals and looks together."""
    drift_alpha: float = 0.001
    """The same for drift."""
    warning_effect: float = 0.03
    drift_effect: float = 0.10
    rare_warning_effect: float = 0.01
    rare_drift_effect: float = 0.05
    vanished_warning_effect: float = 0.002
    segment_warning_effect: float = 0.10
    segment_drift_effect: float = 0.30
    text_warning_effect: float = 0.003

    def share_error(self, comparisons: int) -> Rule:
        """Return the rule for each of several comparisons, which share the error that a run is allowed."""
        parts = max(1, comparisons)
        return replace(self, warning_alpha=self.warning_alpha / parts, drift_alpha=self.drift_alpha / parts)

    def verdict(self, signal: str, p_adjusted: float, effect: float) -> Verdict:
        """Say what one signal says, given its corrected p-value and its effect."""
        warning, drift = self.warning_effect, self.drift_effect
        if signal in RARE:
            warning, drift = self.rare_warning_effect, self.rare_drift_effect
        elif signal == VANISHED_LABEL:
            warning, drift = self.vanished_warning_effect, self.rare_drift_effect
        elif signal == SEGMENTS:
            warning, drift = self.segment_warning_effect, self.segment_drift_effect
        return self._compare(p_adjusted, effect, warning, drift)

    def judge_change(self, p_adjusted: float, effect: float, *, is_rare: bool) -> Verdict:
        """Say what a change of one column says; `is_rare` is a change of what should hardly occur."""
        if is_rare:
            return self._compare(p_adjusted, effect, self.rare_warning_effect, self.rare_drift_effect)
        return self._compare(p_adjusted, effect, self.warning_effect, self.drift_effect)

    def _compare(self, p_adjusted: float, effect: float, warning: float, drift: float) -> Verdict:
        if p_adjusted <= self.drift_alpha and effect >= drift - ROUNDING:
            return Verdict.DRIFT
        if p_adjusted <= self.warning_alpha and effect >= warning - ROUNDING:
            return Verdict.WARNING
        return Verdict.STABLE


@dataclass(frozen=True)
class Finding:
    """One signal of one run, over one look. The measures are None where there was not enough data for them."""

    signal: str
    verdict: Verdict
    explanation: str
    reference: Tally
    current: Tally
    look: str = "window"
    period: Period | None = None
    """What the look covers; None where that is the run's window."""
    against: str = ""
    """The model version whose reference this is compared with, if it is not the run's own."""
    psi: float | None = None
    jensen_shannon: float | None = None
    effect: float | None = None
    test: str | None = None
    statistic: float | None = None
    p_value: float | None = None
    ks_p_value: float | None = None
    p_adjusted: float | None = None
    dispersion: float | None = None
    """How many times as large as by chance alone the statistic usually is."""
    part_of: str = ""
    """The signal that speaks for this one too, as `inputs` does for each of its columns."""
    details: Mapping[str, Any] = field(default_factory=dict)
    """What else is stored with it."""

    @property
    def is_sure(self) -> bool:
        """Tell whether the change is surely there, even if it is too small to act on."""
        return self.p_adjusted is not None and self.p_adjusted <= Rule.drift_alpha and bool(self.effect)


def pick_overall(findings: Iterable[Finding], predictions: int, rule: Rule) -> Verdict:
    """Return the worst verdict; never `stable` below the minimum, or where no signal could be judged."""
    found = list(findings)
    worst = max((f.verdict for f in found), key=lambda verdict: verdict.rank, default=Verdict.NOT_ENOUGH_DATA)
    longer = any(f.look != "window" and f.verdict is not Verdict.NOT_ENOUGH_DATA for f in found)
    if worst is Verdict.STABLE and predictions < rule.minimum and not longer:
        return Verdict.NOT_ENOUGH_DATA
    return worst
