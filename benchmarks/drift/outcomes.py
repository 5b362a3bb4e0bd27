"""What each of the three says of one window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from monitors.drift.judgement.verdict import Finding


@dataclass(frozen=True)
class WindowResult:
    """The findings of ours, and how far the others are over their thresholds; None where they were not asked."""

    findings: list[Finding]
    volume: int = 0
    evidently: float | None = None
    nannyml: float | None = None

    @property
    def severity(self) -> int:
        """Ours: the worst of all signals of the run, the volume among them."""
        return max([self.volume, *(finding.verdict.severity for finding in self.findings)])


Cells = Mapping[tuple[str, int], list[WindowResult]]
"""The outcomes by what changed and by the size of the window."""
