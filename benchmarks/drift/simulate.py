"""What the decision rule finds and how often it cries wolf, beside Evidently's and NannyML's defaults.

Writes the tables that are kept as RESULTS.md; `python -m benchmarks.drift` runs it where the two libraries are
installed. Every repetition draws one reference and, for each cell, one window; all three look at the same ones. It
takes about a second a repetition.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from benchmarks.drift.agreement import differences
from benchmarks.drift.others import NannyML, evidently_excess, frame, reports_agree
from benchmarks.drift.table import results
from benchmarks.drift.windows import Drift, counted, draw, edges_of, volume_severity
from drift_lambda.verdict import Finding, Rule, judge

CELLS = {
    "nothing": Drift(),
    "label mix +2 points": Drift(label_points=2),
    "label mix +5 points": Drift(label_points=5),
    "label mix +10 points": Drift(label_points=10),
    "label mix +20 points": Drift(label_points=20),
    "scores a little lower (logit -0.25)": Drift(score_logit=-0.25),
    "scores lower (logit -0.5)": Drift(score_logit=-0.5),
    "a tenth of the predictions unsure": Drift(unsure_share=0.1),
    "inputs a quarter longer": Drift(length_factor=1.25),
    "inputs twice as long": Drift(length_factor=2),
}
WOBBLE = "nothing, but the label mix wobbles by ±1 point"
SIZES = (200, 500, 2000)
LARGE = 20_000


@dataclass(frozen=True)
class Outcome:
    """What each of the three said of one window; the others by how far they are over their threshold."""

    findings: list[Finding]
    volume: int
    evidently: float
    nannyml: float


def simulate(repetitions: int, reference_size: int, seed: int) -> dict[tuple[str, int], list[Outcome]]:
    """The outcomes of every cell, by its name and window size."""
    outcomes: dict[tuple[str, int], list[Outcome]] = defaultdict(list)
    grid = [(name, drift, size) for name, drift in CELLS.items() for size in SIZES]
    grid += [("nothing", Drift(), LARGE), (WOBBLE, Drift(wobble=1), 2000), (WOBBLE, Drift(wobble=1), LARGE)]
    for repetition in range(repetitions):
        generator = np.random.default_rng([seed, reference_size, repetition])
        reference = draw(generator, reference_size, Drift())
        edges = {"score": edges_of(reference.score), "text_length": edges_of(reference.length)}
        before, reference_frame = counted(reference, edges), frame(reference)
        nannyml = NannyML(reference_frame)
        for name, drift, size in grid:
            window = draw(generator, size, drift)
            current = frame(window)
            outcomes[name, size].append(
                Outcome(
                    judge(before, counted(window, edges), Rule()),
                    volume_severity(generator, size),
                    evidently_excess(reference_frame, current),
                    nannyml.excess(current),
                )
            )
        if sys.stderr.isatty() or repetition % 50 == 49:
            print(f"reference of {reference_size}: {repetition + 1}/{repetitions}", file=sys.stderr, flush=True)
    return outcomes


def check(seed: int) -> bool:
    """Whether the shortcuts of others.py agree with the full reports on a few windows."""
    generator = np.random.default_rng(seed)
    reference = frame(draw(generator, 2000, Drift()))
    drifts = (Drift(), Drift(label_points=20), Drift(length_factor=2))
    return all(reports_agree(reference, frame(draw(generator, 2000, drift))) for drift in drifts)


def main() -> None:
    """Simulate, and print the tables as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=1000)
    parser.add_argument("--references", type=int, nargs="*", default=[2000])
    parser.add_argument("--seed", type=int, default=2026)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    if not check(arguments.seed):
        sys.exit("others.py no longer asks Evidently and NannyML as their own reports do")
    runs = {size: simulate(arguments.repetitions, size, arguments.seed) for size in arguments.references}
    print(results(runs, arguments.repetitions, differences()))


if __name__ == "__main__":
    main()
