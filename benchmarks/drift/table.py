"""Write the outcomes of the simulation as Markdown tables."""

from __future__ import annotations

import importlib.metadata
import math
from collections.abc import Callable, Mapping, Sequence

from benchmarks.drift.outcomes import Cells, WindowResult
from monitors.drift.judgement.signals import WEIGHTS
from monitors.drift.judgement.verdict import Finding, Rule

OTHERS: tuple[Callable[[WindowResult], float], ...] = (lambda o: o.evidently or 0.0, lambda o: o.nannyml or 0.0)
RULES = {
    "PSI ≥ 0.1, drift ≥ 0.25": lambda f: _limits(f.psi),
    "Jensen-Shannon ≥ 0.1, drift ≥ 0.25": lambda f: _limits(f.jensen_shannon),
    "p ≤ 0.01, drift ≤ 0.001, each signal for itself": lambda f: _ruled(f, f.p_value, NO_FLOOR),
    "the same, corrected for the number of signals": lambda f: _ruled(f, f.p_adjusted, NO_FLOOR),
    "corrected p, and effect ≥ 3, drift ≥ 10 points (chosen)": lambda f: f.verdict.severity,
    "corrected p ≤ 0.05, drift ≤ 0.01, same effects": lambda f: _ruled(f, f.p_adjusted, LENIENT),
    "corrected p, and effect ≥ 5, drift ≥ 10 points": lambda f: _ruled(f, f.p_adjusted, STRICT),
}
NO_FLOOR = Rule(warning_effect=0, drift_effect=0, rare_warning_effect=0, rare_drift_effect=0, vanished_warning_effect=0)
LENIENT = Rule(warning_alpha=0.05, drift_alpha=0.01)
STRICT = Rule(warning_effect=0.05)


def _limits(distance: float | None) -> int:
    return 0 if distance is None or distance < 0.1 else 1 if distance < 0.25 else 2


def _ruled(finding: Finding, p_value: float | None, rule: Rule) -> int:
    if p_value is None:
        return 0
    return rule.verdict(finding.signal, p_value, finding.effect or 0.0).severity


def severity(outcome: WindowResult) -> int:
    """Ours: the worst of all signals of the run, the volume among them."""
    return outcome.severity


def asked(outcomes: Sequence[WindowResult]) -> list[WindowResult]:
    """Return the outcomes in which the other two were asked."""
    return [outcome for outcome in outcomes if outcome.evidently is not None]


def rate(outcomes: Sequence[WindowResult], holds: Callable[[WindowResult], bool]) -> float:
    """The share of the outcomes for which it holds."""
    return sum(map(holds, outcomes)) / len(outcomes) if outcomes else float("nan")


def evidence(outcome: WindowResult) -> float:
    """Ours as one number, the larger the surer: the smallest weighted p among the signals that changed enough."""
    if outcome.volume:
        return float("inf")
    return -min(
        (
            f.p_value / WEIGHTS.get(f.signal, 1)
            for f in outcome.findings
            if f.p_value is not None and _ruled(f, 0.0, Rule())
        ),
        default=float("inf"),
    )


Strength = Callable[["WindowResult"], float]


def at_rate(
    undrifted: Sequence[WindowResult], drifted: Sequence[WindowResult], strength: Strength, alarms: int
) -> float:
    """The finds with the threshold on `strength` set so that `alarms` of the undrifted windows are found as well."""
    ranked = sorted(map(strength, undrifted), reverse=True)
    limit = ranked[alarms] if alarms < len(ranked) else float("-inf")
    return rate(drifted, lambda outcome: strength(outcome) > limit)


def percent(share: float) -> str:
    """With one decimal, as 1,000 repetitions allow; a dash where nobody was asked."""
    return "–" if math.isnan(share) else f"{100 * share:.1f}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table, its first column text and the others numbers."""
    lines = [head, ["---"] + ["--:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _alarms(cells: Cells) -> str:
    rows = []
    for (name, size), outcomes in cells.items():
        if name.startswith("nothing"):
            rows.append(
                [
                    name,
                    f"{size:,}",
                    percent(rate(outcomes, lambda o: severity(o) >= 1)),
                    percent(rate(outcomes, lambda o: severity(o) >= 2)),
                    *(percent(rate(asked(outcomes), lambda o, each=each: each(o) >= 1)) for each in OTHERS),
                ]
            )
    head = ["what changed", "window", "ours, warning or worse", "ours, drift", "Evidently", "NannyML"]
    return table(head, rows)


def _finds(cells: Cells) -> str:
    rows = []
    for (name, size), outcomes in cells.items():
        if name.startswith("nothing"):
            continue
        undrifted = cells[("nothing" if asked(outcomes) else NOTHING_MORE), size]
        row_ours = rate(outcomes, lambda o: severity(o) >= 1)
        row = [name, f"{size:,}", percent(row_ours), percent(rate(outcomes, lambda o: severity(o) >= 2))]
        for strength in OTHERS:
            both = asked(outcomes)
            if not both:
                row += ["–"] * 3
                continue
            theirs = rate(both, lambda o, strength=strength: strength(o) >= 1)
            known = asked(undrifted)
            alarms = round(rate(known, lambda o, strength=strength: strength(o) >= 1) * len(undrifted))
            ours_there = at_rate(undrifted, outcomes, evidence, alarms)
            ours = round(rate(undrifted, lambda o: severity(o) >= 1) * len(known))
            theirs_here = at_rate(known, both, strength, ours)
            row += [percent(theirs), _beside(ours_there, theirs), _beside(row_ours, theirs_here, of=theirs_here)]
        if not _is_found_by_all(row):
            rows.append(row)
    head = ["what changed", "window", "ours", "of it drift"]
    for name in ("Evidently", "NannyML"):
        head += [name, "ours at its rate", f"{name} at our rate"]
    return table(head, rows)


def _is_found_by_all(row: Sequence[str]) -> bool:
    """Return whether a row of finds says only that all three find it: such rows are left out."""
    shown = [row[column] for column in (2, 4, 7)]
    return all(cell != "–" and float(cell) >= 95 for cell in shown) and "fewer" not in "".join(row)


def _beside(ours: float, theirs: float, of: float | None = None) -> str:
    """A rate, marked where ours is below theirs."""
    return percent(ours if of is None else of) + (" **fewer**" if ours < theirs else "")


def _rules(cells: Cells) -> str:
    picked = [
        ("nothing", 200),
        ("nothing", 2000),
        (next(name for name, _ in cells if "wobbles" in name), 20_000),
        ("label mix +5 points", 2000),
        ("label mix +10 points", 500),
        ("label mix +10 points", 2000),
        ("label mix +20 points", 500),
    ]
    rows = []
    for title, rule in RULES.items():
        row = [title]
        for cell in picked:
            severities = [max(rule(f) for f in o.findings if f.p_value is not None) for o in cells[cell]]
            found = [sum(s >= level for s in severities) / len(severities) for level in (1, 2)]
            row.append(f"{percent(found[0])} ({percent(found[1])})")
        rows.append(row)
    return table(["rule", *(f"{name}, {size:,}" for name, size in picked)], rows)


def _agreement(differences: Mapping[tuple[str, str], float]) -> str:
    names = dict.fromkeys(name for name, _ in differences)
    rows = [[name, *(f"{differences[name, kind]:.0e}" for kind in ("made up", "sentences"))] for name in names]
    return table(["largest difference from", "made-up windows", "the repository's sentences"], rows)


def results(runs: Mapping[int, Cells], repetitions: int, others: int) -> str:
    """Return the section on single windows."""
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("evidently", "nannyml", "scipy"))
    points = f"{50 / math.sqrt(max(others, 1)):.0f}"
    facts = {"repetitions": f"{repetitions:,}", "others": f"{others:,}", "points": points, "versions": versions}
    parts = [INTRODUCTION.format(**facts)]
    for size, cells in runs.items():
        parts += [
            f"## Single windows against a reference of {size:,} predictions",
            "### False alarms, % of the windows",
            _alarms(cells),
            "### Finds, % of the windows",
            _finds(cells),
            "### Other rules on the same windows, % warning or worse (drift)",
            _rules(cells),
        ]
    return "\n\n".join(parts)


NOTHING_MORE = "nothing, with a 1 % label and segments"
INTRODUCTION = """# What the decision rule finds, and how often it raises a false alarm

    python -m benchmarks.drift windows --others {others}

{repetitions} repetitions a cell: 50 % is known to ±1.6 points, 1 % to ±0.3 (one standard error). Evidently and
NannyML are asked in the first {others}, so known to ±{points} points. {versions}.

All signals judge a window together; a find is `warning` or worse. Evidently and NannyML see label, score and text
length with their defaults; a find is any column that drifts. "Ours at its rate": our level moved to as many false
alarms as that library has in undrifted windows of that size; "at our rate": that library's thresholds moved to as
few as ours. A cell in which ours finds fewer says so. Rows in which all three find at least 95 % are left out."""


def agreement(differences: Mapping[tuple[str, str], float]) -> str:
    """Return the section on the measures beside other libraries'."""
    return "\n\n".join([AGREEMENT, _agreement(differences)])


AGREEMENT = """## The measures against other libraries

Same definitions give the same numbers. They differ in three points: Evidently cuts both windows together by
Sturges' rule (ours are the reference's deciles), its Jensen-Shannon distance has the natural base (NannyML's and
ours 2), and SciPy corrects Kolmogorov-Smirnov's p for small samples."""
