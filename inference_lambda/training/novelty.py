"""Write `novelty.npz` into a model folder: what the function needs to tell how unlike the training texts a text is.

    python -m inference_lambda.training.novelty TEXTS [--held-out FILE] [--model FOLDER]

TEXTS is a file with one training text on each line, or CoLA's folder. `--held-out` is another such file, with texts of
the same kind that the model was not trained on; without it a tenth of TEXTS is kept aside. The more texts, the better:
a thousand tell another language from theirs, a few thousand other plain English. The file holds hashed counts, and no
text can be read from it. It needs the packages of the function alone, and a few seconds.
"""

import argparse
import math
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from inference_lambda.config import PACKAGE
from inference_lambda.folder import NOVELTY_FILE
from inference_lambda.novelty import (
    COUNT_STEPS,
    GRAM_BITS,
    PAIR_BITS,
    Array,
    Novelty,
    Tables,
    gram_places,
    pair_places,
)
from inference_lambda.training.cola import hold_out, read_examples

FOLDS = 4
FEWEST_TEXTS = 200
HELD_OUT = 0.1
LEVELS = (*np.arange(0, 0.996, 0.005).round(3).tolist(), 0.997, 0.999, 1.0)
"""The shares of held-out texts at which the raw score is kept; finer at the end, where new kinds of texts are."""
FEATURES = 6


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the file, and print its size and how many held-out texts it is calibrated on."""
    parser = argparse.ArgumentParser(description="Write novelty.npz into a model folder.")
    parser.add_argument("texts", type=Path, help="one training text on each line, or CoLA's folder")
    parser.add_argument("--held-out", type=Path, help="texts of the same kind that were not trained on")
    parser.add_argument("--model", type=Path, default=PACKAGE / "model", help="a model folder (default: the packaged)")
    options = parser.parse_args(arguments)
    texts, held_out = read_texts(options.texts, options.held_out)
    if min(len(texts), len(held_out) / HELD_OUT) < FEWEST_TEXTS:
        parser.error(f"{len(texts)} texts and {len(held_out)} held out; give {FEWEST_TEXTS} or more")
    write(options.model, texts, held_out)
    file = options.model / NOVELTY_FILE
    print(f"{file}: {file.stat().st_size:,} bytes, {len(texts):,} texts, calibrated on {len(held_out):,} others")


def read_texts(file: Path, held_out: Path | None) -> tuple[list[str], list[str]]:
    """Return the training texts, and those kept aside: of CoLA the ones that the model has not seen either."""
    if file.is_dir():
        parts = hold_out(read_examples(file / "in_domain_train.tsv"), HELD_OUT)
        texts, aside = ([example.sentence for example in part] for part in parts)
        return texts, aside
    texts = _lines(file)
    if held_out:
        return texts, _lines(held_out)
    random.Random(0).shuffle(texts)
    aside_from = len(texts) - int(len(texts) * HELD_OUT)
    return texts[:aside_from], texts[aside_from:]


def _lines(file: Path) -> list[str]:
    return [line for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def write(folder: Path, texts: Sequence[str], held_out: Sequence[str], seed: int = 0) -> None:
    """Fit on `texts`, calibrate on `held_out`, and write the file into the model folder."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()

    def encode(some: Sequence[str]) -> list[list[int]]:
        return [encoding.ids for encoding in tokenizer.encode_batch(list(some))]

    vocabulary = tokenizer.get_vocab()
    chance = random.Random(seed)
    tokens = encode(texts)
    center = float(np.median([math.log(len(ids)) for ids in tokens]))
    fold = [chance.randrange(FOLDS) for _ in texts]
    ways = spoilers(texts, sorted(word for word in vocabulary if word.isalpha()), chance)
    rows, is_spoiled = [], []
    for left_out in range(FOLDS):
        kept = [index for index in range(len(texts)) if fold[index] != left_out]
        tables = count([texts[i] for i in kept], [tokens[i] for i in kept], len(vocabulary))
        scorer = Novelty(tables, center, np.zeros(FEATURES + 1), np.zeros(0), np.zeros(0))
        usual = [text for index, text in enumerate(texts) if fold[index] == left_out]
        spoiled = [ways[number % len(ways)](text) for number, text in enumerate(usual)]
        for group, answer in ((usual, 0.0), (spoiled, 1.0)):
            rows += [scorer.features(text, ids) for text, ids in zip(group, encode(group), strict=True)]
            is_spoiled += [answer] * len(group)
    weights = logistic(np.array(rows), np.array(is_spoiled))
    tables = count(texts, tokens, len(vocabulary))
    scorer = Novelty(tables, center, weights, np.zeros(0), np.zeros(0))
    scores = [scorer.raw(text, ids) for text, ids in zip(held_out, encode(held_out), strict=True)]
    quantiles, levels = np.quantile(scores, LEVELS), np.array(LEVELS)
    np.savez_compressed(
        folder / NOVELTY_FILE, **tables._asdict(), center=center, weights=weights, quantiles=quantiles, levels=levels
    )


def count(texts: Sequence[str], tokens: Sequence[Sequence[int]], vocabulary: int) -> Tables:
    """Return the tables of some texts and their tokens."""
    grams = np.zeros(1 << GRAM_BITS, np.uint8)
    singles, pairs = np.zeros(vocabulary), np.zeros(1 << PAIR_BITS)
    for text, ids in zip(texts, tokens, strict=True):
        grams[gram_places(text)] = 1
        array = np.array(ids, np.uint32)
        np.add.at(singles, array, 1)
        np.add.at(pairs, pair_places(array), 1)
    return Tables(np.packbits(grams), _in_8_bits(singles), _in_8_bits(pairs))


def _in_8_bits(counts: Array) -> Array:
    steps: Array = np.minimum(np.round(COUNT_STEPS * np.log2(1 + counts)), 255).astype(np.uint8)
    return steps


def spoilers(texts: Sequence[str], words: Sequence[str], chance: random.Random) -> list[Callable[[str], str]]:
    """Return the ways in which a text is made unlike the others. They stand for all that is new."""
    characters = sorted({character for text in texts for character in text})

    def shuffle(text: str) -> str:
        return " ".join(chance.sample(text.split(), len(text.split())))

    def replace(share: float) -> Callable[[str], str]:
        return lambda text: " ".join(chance.choice(words) if chance.random() < share else w for w in text.split())

    def mistype(share: float) -> Callable[[str], str]:
        return lambda text: "".join(chance.choice(characters) if chance.random() < share else c for c in text)

    def shorten(text: str) -> str:
        return chance.choice(text.split())

    def lengthen(_: str) -> str:
        return " ".join(chance.choice(texts) for _ in range(chance.randint(5, 11)))

    return [shuffle, replace(0.3), replace(0.6), replace(1.0), mistype(0.05), mistype(0.3), shorten, lengthen]


def logistic(rows: Array, answers: Array) -> Array:
    """Return the weights of a logistic regression, the constant first: Newton's method with a ridge of 1."""
    rows = np.hstack([np.ones((len(rows), 1)), rows])
    ridge = np.eye(rows.shape[1])
    ridge[0, 0] = 0
    weights = np.zeros(rows.shape[1])
    for _ in range(30):
        chances = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (chances - answers) + ridge @ weights
        bend = (rows * (chances * (1 - chances))[:, None]).T @ rows + ridge
        step = np.linalg.solve(bend, slope)
        weights -= step
        if np.abs(step).max() < 1e-9:
            break
    return weights


if __name__ == "__main__":
    main()
