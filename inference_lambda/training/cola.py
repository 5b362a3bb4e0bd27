"""Read CoLA's files and compute its metric, without any dependency. This project does not contain the corpus."""

import math
import random
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple


class Example(NamedTuple):
    """One sentence; `acceptable` is 0 or 1."""

    sentence: str
    acceptable: int


def read_examples(path: Path) -> list[Example]:
    """Return the examples of a file of CoLA 1.1.

    Its four tab-separated columns are source, label (0 or 1), the author's mark and sentence.
    """
    if not path.is_file():
        raise SystemExit(
            f"{path} is not there. Give the folder of CoLA 1.1's raw in-domain files (nyu-mll.github.io/CoLA)."
        )
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    return [Example(sentence, int(label)) for _source, label, _mark, sentence in rows]


def hold_out(examples: list[Example], share: float) -> tuple[list[Example], list[Example]]:
    """Return the examples to train on, and those kept aside. They are always the same, also in later steps."""
    aside = set(random.Random(0).sample(range(len(examples)), int(len(examples) * share)))
    return (
        [example for index, example in enumerate(examples) if index not in aside],
        [example for index, example in enumerate(examples) if index in aside],
    )


def matthews(truth: Sequence[int], guesses: Sequence[int]) -> float:
    """Return the Matthews correlation coefficient of two sequences of 0 and 1, or 0 if it is undefined."""
    pairs = list(zip(truth, guesses, strict=True))
    tp, tn = pairs.count((1, 1)), pairs.count((0, 0))
    fp, fn = pairs.count((0, 1)), pairs.count((1, 0))
    spread = math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
    return (tp * tn - fp * fn) / spread if spread else 0.0
