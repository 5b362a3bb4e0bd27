"""One sentence for a whole run: what changed, since when, compared with what, and what was not looked at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from monitors.drift.judgement.signals import CLOCK, VOLUME
from monitors.drift.judgement.verdict import Finding, Verdict
from monitors.drift.references.reference import Card
from monitors.reporting.wording import format_count, quote

MOST_SAID = 3
NOT_OF_REFERENCE = (VOLUME, CLOCK)
"""Signals that are not compared with the reference."""


def explain_bad(verdict: Verdict, findings: Sequence[Finding], since: datetime | None, reference: Card | None) -> str:
    """Return the sentence for a warning or drift: its signals, the surest and largest first."""
    worst = [each for each in findings if each.verdict is verdict and not each.part_of]
    worst.sort(key=lambda each: (each.p_adjusted if each.p_adjusted is not None else 0.0, -(each.effect or 0.0)))
    parts = [_add_look(each) for each in worst[:MOST_SAID]]
    if rest := len(worst) - MOST_SAID:
        parts += [f"and {format_count(rest, 'more signal')}"] if rest > 0 else []
    text = "; ".join(parts)
    if since is not None:
        text += f"; since {since:%Y-%m-%d %H:%M} UTC"
    if reference and any(each.signal not in NOT_OF_REFERENCE for each in worst):
        text += f"; compared with {_name_signal(reference, worst)}"
    return text


def explain_stable(findings: Sequence[Finding]) -> str:
    """Return the sentence for a stable run: what is as before, what surely changed a little, what was not looked at."""
    text = "as in the reference"
    small = [each for each in findings if each.verdict is Verdict.STABLE and each.is_sure and not each.part_of]
    if small:
        small.sort(key=lambda each: -(each.effect or 0.0))
        said = "; ".join(f"{each.signal}: {_add_look(each)}" for each in small[:MOST_SAID])
        text += f", but for sure small changes: {said}"
    return text + explain_unjudged(findings)


def explain_unjudged(findings: Sequence[Finding]) -> str:
    """Return which signals could not be judged and why, or nothing."""
    unjudged = [each for each in findings if each.verdict is Verdict.NOT_ENOUGH_DATA]
    if not unjudged:
        return ""
    return "; not looked at: " + ", ".join(f"{each.signal} ({each.explanation})" for each in unjudged)


def explain_preliminary(reference: Card) -> str:
    """Return what is to be said of a reference that knows too few days."""
    if not reference.is_preliminary:
        return "; preliminary: the reference has not seen these hours on two days yet, so only drift alarms"
    return f"; preliminary: the reference “{reference.name}” holds less than three days, so only drift alarms"


def _add_look(finding: Finding) -> str:
    over = "" if finding.look == "window" else f" (over the last {finding.look})"
    return f"{finding.explanation}{over}"


def _name_signal(reference: Card, worst: Sequence[Finding]) -> str:
    versions = sorted({each.against for each in worst if each.against})
    if versions:
        return f"version {', '.join(versions)}"
    return f"“{reference.name}” (revision {reference.revision})"


def explain_names(names: Sequence[str]) -> str:
    """Return that several models are judged as one, where they share log group and version; nothing for one model."""
    if len(names) < 2:
        return ""
    listed = ", ".join(map(quote, names))
    return f"; models {listed} share this version and are judged as one: give each a version of its own"
