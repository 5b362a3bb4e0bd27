"""Measure a model folder on CoLA's in-domain dev set, with the same code that the function runs.

    python -m inference_lambda.training.evaluate DATA_FOLDER [--model FOLDER] [--at-least 0.35]

It prints the Matthews correlation with its 95 % bootstrap interval (the set is small), and exits with 1 if the
correlation is below `--at-least`. The sentences come from the same linguistics publications as the training set, so
the result says nothing about other text. It needs the packages of the function, and not PyTorch.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from inference_lambda.config import PACKAGE
from inference_lambda.model import Model
from inference_lambda.training.cola import matthews, read_examples

RESAMPLES = 1000


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; return the exit status."""
    parser = argparse.ArgumentParser(description="Evaluate a model folder on CoLA's in-domain dev set.")
    parser.add_argument("data", type=Path, help="folder with CoLA 1.1's in_domain_dev.tsv")
    parser.add_argument("--model", type=Path, default=PACKAGE / "model", help="a model folder (default: the packaged)")
    parser.add_argument("--at-least", type=float, default=-1.0, help="fail below this Matthews correlation")
    options = parser.parse_args(arguments)
    examples = read_examples(options.data / "in_domain_dev.tsv")
    model = Model(options.model, name=options.model.name)
    truth = [example.acceptable for example in examples]
    guesses = [model.labels.index(model.classify(example.sentence).label) for example in examples]
    mcc = matthews(truth, guesses)
    low, high = interval(truth, guesses)
    correct = sum(map(int.__eq__, truth, guesses))
    print(f"model     version {model.version}, {(options.model / 'model.onnx').stat().st_size / 1e6:.1f} MB")
    print(f"data      {len(examples)} sentences, in-domain dev set of CoLA 1.1")
    print(f"matthews  {mcc:.3f}   (95 % interval {low:.3f} to {high:.3f})")
    print(f"accuracy  {correct / len(examples):.3f}   (always «acceptable»: {sum(truth) / len(truth):.3f})")
    if mcc < options.at_least:
        print(f"the correlation is below --at-least {options.at_least}", file=sys.stderr)
        return 1
    return 0


def interval(truth: Sequence[int], guesses: Sequence[int]) -> tuple[float, float]:
    """Return the 2.5 % and 97.5 % quantiles of the correlation over seeded bootstrap resamples."""
    pairs = np.array([truth, guesses])
    picks = np.random.default_rng(0).integers(len(truth), size=(RESAMPLES, len(truth)))
    values = [matthews(*pairs[:, pick].tolist()) for pick in picks]
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


if __name__ == "__main__":
    sys.exit(main())
