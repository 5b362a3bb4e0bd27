"""How well the packaged novelty tells other texts from CoLA's: `python -m benchmarks.inference.novelty COLA FILE…`.

COLA is the corpus's folder; each FILE holds texts of another kind, one on each line, and up to 800 of them are taken.
AUROC is against CoLA's in-domain dev set, which neither the model nor the tables have seen. The last rows are that dev
set itself, spoiled. Time is CPU time, as a part of what the model takes for the same sentences.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from inference_lambda.config import PACKAGE
from inference_lambda.folder import NOVELTY_FILE
from inference_lambda.model import Model
from inference_lambda.novelty import Novelty
from inference_lambda.training.cola import read_examples

FOLDER = PACKAGE / "model"
MOST_TEXTS = 800
MARK = 0.95
RESAMPLES = 500
Array = np.ndarray


def auroc(home: Array, other: Array) -> float:
    """Return the chance that a text of the other kind scores higher than one of the home's, ties halved."""
    below = np.searchsorted(np.sort(home), other, side="left")
    up_to = np.searchsorted(np.sort(home), other, side="right")
    return float((below + up_to).mean() / 2 / len(home))


def interval(home: Array, other: Array) -> tuple[float, float]:
    """Return the 95 % interval of the AUROC over bootstrap resamples of both."""
    chance = np.random.default_rng(0)
    found = [auroc(chance.choice(home, len(home)), chance.choice(other, len(other))) for _ in range(RESAMPLES)]
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)


def spoiled(texts: list[str]) -> dict[str, list[str]]:
    """Return the texts in several broken forms."""
    chance = random.Random(3)

    def swap(text: str) -> str:
        for _ in range(2):
            at = chance.randrange(len(text) - 1)
            text = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        return text

    ways: dict[str, Callable[[str], str]] = {
        "in upper case": str.upper,
        "words shuffled": lambda text: " ".join(chance.sample(text.split(), len(text.split()))),
        "one word": lambda text: chance.choice(text.split()),
        "two typing errors": swap,
        "lower case, no full stop": lambda text: text.lower().rstrip("."),
        "gibberish": lambda text: "".join(chance.choice("abcdefghijklmnopqrstuvwxyz   ") for _ in text),
    }
    return {name: [way(text) for text in texts] for name, way in ways.items()}


def main() -> None:
    """Print a table in Markdown, and the time."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cola", type=Path)
    parser.add_argument("files", type=Path, nargs="*")
    arguments = parser.parse_args()
    tokenizer = Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
    scorer = Novelty.load(FOLDER, tokenizer.get_vocab_size())
    assert scorer is not None
    dev = [example.sentence for example in read_examples(arguments.cola / "in_domain_dev.tsv")]

    def score(texts: list[str], of: Callable[..., float]) -> Array:
        return np.array([of(text, found.ids) for text, found in zip(texts, tokenizer.encode_batch(texts), strict=True)])

    home = score(dev, scorer.raw)
    print(f"{NOVELTY_FILE}: {(FOLDER / NOVELTY_FILE).stat().st_size:,} bytes")
    print(f"of the dev set {(score(dev, scorer.of) >= MARK).mean():.1%} are at {MARK} or above\n")
    print("| against | texts | AUROC | 95 % interval | caught |\n| --- | --: | --: | --- | --: |")
    others = {file.stem: _some(file) for file in arguments.files} | spoiled(dev)
    for name, texts in others.items():
        raw = score(texts, scorer.raw)
        low, high = interval(home, raw)
        caught = (score(texts, scorer.of) >= MARK).mean()
        print(f"| {name} | {len(texts)} | {auroc(home, raw):.3f} | {low:.3f} to {high:.3f} | {caught:.2f} |")
    model, found = Model(FOLDER, name="packaged"), tokenizer.encode_batch(dev)
    began = time.process_time()
    for text, encoding in zip(dev, found, strict=True):
        scorer.of(text, encoding.ids)
    between = time.process_time()
    for text in dev:
        model.classify(text)
    own, whole = (between - began) / len(dev), (time.process_time() - between) / len(dev)
    print(f"\n{own * 1e6:.0f} µs a sentence, {own / whole:.1%} of the {whole * 1e3:.2f} ms of a whole answer")


def _some(file: Path) -> list[str]:
    texts = [line for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    random.Random(1).shuffle(texts)
    return texts[:MOST_TEXTS]


if __name__ == "__main__":
    main()
