"""The verdict on the words of the texts: which became more or less frequent, named with their counts.

A word alarms where its change is sure at once (0.001), or sure enough (0.01) in two windows that follow each other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from monitors.drift.judgement.judging import WINDOW, find_minimum
from monitors.drift.judgement.signals import NOVELTY, TEXT
from monitors.drift.judgement.verdict import Finding, Rule, Verdict
from monitors.drift.statistics.combining import benjamini_hochberg
from monitors.drift.statistics.distribution import Distribution
from monitors.drift.statistics.words import Term, TextCounts, Written, compare_terms
from monitors.reporting.wording import format_count, format_percent, quote

ONCE_ALPHA = 0.001
MOST_NAMED, MOST_STORED = 3, 10
EMPTY = Distribution((), ())
Suspected = Callable[[], Collection[str]]
"""Returns which words the window before suspected; asked only where it matters."""


def judge_texts(
    reference: TextCounts,
    texts: Sequence[Written],
    hours: Mapping[int, float],
    rule: Rule,
    suspected: Suspected,
    look: str = WINDOW,
) -> Finding:
    """Return the finding on a window's texts.

    Args:
        reference: the counts of the reference's texts.
        texts: the window's texts, or a sample of them.
        hours: how many predictions of the window fall in each kind of hour.
        rule: the decision rule; a word must have changed in `text_warning_effect` of the texts.
        suspected: which words the window before suspected.
        look: what the texts are of.
    """
    minimum = find_minimum(look, rule)
    counted, terms = compare_terms(reference, texts, hours)
    for name, size in (("reference", reference.total), ("current window", counted)):
        if size < minimum:
            why = f"the {name} has {size:,} of the {minimum:,} texts needed"
            return Finding(TEXT, Verdict.NOT_ENOUGH_DATA, why, EMPTY, EMPTY, look)
    corrected = benjamini_hochberg([term.p_value for term in terms])
    likely = sorted(
        ((p, term) for p, term in zip(corrected, terms, strict=True) if _is_change(p, term, rule)),
        key=lambda each: (each[0], -abs(each[1].now - each[1].before), each[1].name),
    )
    unsure = {term.name for p, term in likely if p > ONCE_ALPHA}
    unsure -= set(suspected()) if unsure else set()
    moved = [term for _, term in likely if term.name not in unsure]
    effect = max((abs(term.now - term.before) for term in moved), default=0.0)
    verdict = Verdict.STABLE
    if moved:
        verdict = Verdict.DRIFT if effect >= rule.rare_drift_effect else Verdict.WARNING
    return Finding(
        TEXT,
        verdict,
        _explain(moved, counted),
        EMPTY,
        EMPTY,
        look,
        effect=effect,
        test="hypergeometric",
        p_value=min((term.p_value for term in terms), default=1.0),
        p_adjusted=min(corrected, default=1.0),
        details={
            "terms": [
                {"term": term.name, "before": term.before, "now": term.now, "texts": term.texts}
                for term in moved[:MOST_STORED]
            ],
            "suspected": [term.name for _, term in likely[:MOST_STORED]],
        },
    )


def confirm_novelty(finding: Finding, suspected: Suspected) -> Finding:
    """Return the finding on the novelty as the words are judged: sure at once, or in two windows running."""
    if finding.signal != NOVELTY or not finding.verdict.severity:
        return finding
    sure = (finding.p_adjusted or 0.0) <= ONCE_ALPHA or (finding.look == WINDOW and NOVELTY in suspected())
    details = {"suspected": [NOVELTY]}
    return replace(finding, verdict=finding.verdict if sure else Verdict.STABLE, details=details)


def _is_change(p_adjusted: float, term: Term, rule: Rule) -> bool:
    return p_adjusted <= rule.warning_alpha and abs(term.now - term.before) >= rule.text_warning_effect


def _explain(moved: Sequence[Term], texts: int) -> str:
    if not moved:
        return f"the words of {format_count(texts, 'text')} are as frequent as in the reference"
    said = []
    for term in moved[:MOST_NAMED]:
        name = term.name if term.name.startswith("(") else quote(term.name)
        was = "new" if not term.before else f"{format_percent(term.before)} →"
        said.append(f"{name} {was} {format_percent(term.now)}")
    more = f", and {format_count(len(moved) - MOST_NAMED, 'more word')}" if len(moved) > MOST_NAMED else ""
    return f"texts with {', '.join(said)}{more}"
