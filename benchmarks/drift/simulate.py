"""What the decision rule finds in single windows, and how often it raises a false alarm, beside Evidently and NannyML.

Every repetition draws one reference and, for each cell, one window; all three look at the same ones. Ours alone takes
about a third of a second a repetition, with the others it is three times as long. `--others` says in how many
repetitions these are asked.
"""

from __future__ import annotations

import argparse
import pickle
import sys
import warnings
from collections import defaultdict
from pathlib import Path

import numpy as np

from benchmarks.drift.outcomes import Cells, WindowResult
from benchmarks.drift.table import results
from benchmarks.drift.windows import Drift, Sample, count_sample, draw, edges_of, volume_severity, with_more
from monitors.drift.judgement.judging import judge
from monitors.drift.judgement.verdict import Rule
from monitors.drift.statistics.distribution import Tally

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
ONE_PERCENT = Drift(rare_share=0.01)
MORE = {
    "nothing, with a 1 % label and segments": ONE_PERCENT,
    "a 1 % label vanished": Drift(),
    "one of ten segments broken": Drift(rare_share=0.01, broken_segments=1),
}
"""Cells against a reference with a third label of 1 % and ten segments, which the other two are not asked about."""


def simulate(repetitions: int, others: int, reference_size: int, seed: int, save: Path | None = None) -> Cells:
    """Return the outcomes of every cell; Evidently and NannyML are asked in the first `others` repetitions.

    `save` holds what there is after every 50 repetitions.
    """
    outcomes: dict[tuple[str, int], list[WindowResult]] = defaultdict(list)
    grid = [(name, drift, size) for name, drift in CELLS.items() for size in SIZES]
    grid += [("nothing", Drift(), LARGE), (WOBBLE, Drift(wobble=1), 2000), (WOBBLE, Drift(wobble=1), LARGE)]
    for repetition in range(repetitions):
        generator = np.random.default_rng([seed, reference_size, repetition])
        reference = draw(generator, reference_size, Drift())
        edges, before = _frozen(reference)
        asked = _Others(reference) if repetition < others else None
        for name, drift, size in grid:
            window = draw(generator, size, drift)
            ours = judge(before, count_sample(window, edges), Rule())
            volume = volume_severity(generator, size)
            theirs = asked.excess(window) if asked else (None, None)
            outcomes[name, size].append(WindowResult(ours, volume, *theirs))
        _more(outcomes, np.random.default_rng([seed, reference_size, repetition, 1]), reference_size)
        if repetition % 50 == 49:
            if save:
                save.write_bytes(pickle.dumps(dict(outcomes)))
            print(f"reference of {reference_size}: {repetition + 1}/{repetitions}", file=sys.stderr, flush=True)
    return outcomes


def _frozen(reference: Sample) -> tuple[dict[str, tuple[float, ...]], dict[str, Tally]]:
    edges = {"score": edges_of(reference.score), "text_length": edges_of(reference.length)}
    return edges, count_sample(reference, edges)


def _more(
    outcomes: dict[tuple[str, int], list[WindowResult]], generator: np.random.Generator, reference_size: int
) -> None:
    reference = with_more(generator, draw(generator, reference_size, Drift()), ONE_PERCENT)
    edges, before = _frozen(reference)
    for name, drift in MORE.items():
        for size in SIZES:
            window = with_more(generator, draw(generator, size, Drift()), drift)
            outcomes[name, size].append(WindowResult(judge(before, count_sample(window, edges), Rule())))


class _Others:
    """Evidently and NannyML with one reference. They are imported only when they are asked."""

    def __init__(self, reference: Sample) -> None:
        from benchmarks.drift.others import NannyML, frame

        self.reference = frame(reference)
        self.nannyml = NannyML(self.reference)

    def excess(self, window: Sample) -> tuple[float, float]:
        """How far each is over its threshold."""
        from benchmarks.drift.others import evidently_excess, frame

        current = frame(window)
        return evidently_excess(self.reference, current), self.nannyml.excess(current)


def agree(seed: int) -> bool:
    """Tell whether the shortcuts of others.py say what the full reports say, on a few windows."""
    from benchmarks.drift.others import frame, reports_agree

    generator = np.random.default_rng(seed)
    reference = frame(draw(generator, 2000, Drift()))
    drifts = (Drift(), Drift(label_points=20), Drift(length_factor=2))
    return all(reports_agree(reference, frame(draw(generator, 2000, drift))) for drift in drifts)


def main() -> None:
    """Simulate, and print the tables as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=1000)
    parser.add_argument("--others", type=int, default=1000, help="repetitions in which Evidently and NannyML are asked")
    parser.add_argument("--references", type=int, nargs="*", default=[2000])
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--save", type=Path, help="file to keep the outcomes in")
    parser.add_argument("--load", type=Path, help="print the tables of outcomes that were kept, and simulate nothing")
    arguments = parser.parse_args()
    if arguments.load:
        cells = pickle.loads(arguments.load.read_bytes())
        found = cells["nothing", LARGE]
        print(results({arguments.references[0]: cells}, len(found), sum(o.evidently is not None for o in found)))
        return
    warnings.simplefilter("ignore")
    if not agree(arguments.seed):
        sys.exit("others.py no longer asks Evidently and NannyML as their own reports do")
    others = min(arguments.others, arguments.repetitions)
    runs = {
        size: simulate(arguments.repetitions, others, size, arguments.seed, arguments.save)
        for size in arguments.references
    }
    print(results(runs, arguments.repetitions, others))


if __name__ == "__main__":
    main()
