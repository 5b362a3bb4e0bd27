"""Tell how unlike the training texts a text is, from counts of their characters and tokens (`novelty.npz`).

Two things are looked at: how many of a text's byte 5-grams occur in no training text, and how unlikely its tokens are
after the token before each, as the training texts have them. Both, and the length, become one number by weights that
`inference_lambda.training.novelty` fits. New does not mean wrong: the number says nothing about the answer.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self
from zipfile import BadZipFile

import numpy as np

from inference_lambda.folder import NOVELTY_FILE

GRAM_BYTES, GRAM_BITS, PAIR_BITS = 5, 18, 16
DISCOUNT, PRIOR = 0.75, 5.0
"""What is taken off each count of a pair; and how many tokens of the overall mix follow each token."""
RANK = 1000
"""A token that the training texts do not have is taken for as frequent as 1 / (its id + RANK): ids go by frequency."""
COUNT_STEPS = 16
"""Counts are stored in 8 bits as round(16 · log2(1 + n)): up to 60,000, to 3 %."""
BASE, BASE_SQUARED, PAIR_BASE = np.uint32(257), np.uint32(257 * 257), np.uint32(65_599)
MIX = np.uint32(0x9E3779B1)
"""Knuth's multiplicative hash. The high bits of the product are the well mixed ones."""
GRAM_SHIFT, PAIR_SHIFT = np.uint32(32 - GRAM_BITS), np.uint32(32 - PAIR_BITS)
Array = np.ndarray[Any, np.dtype[Any]]


class NoveltyError(ValueError):
    """The novelty file cannot be used. The message says why."""


class Tables(NamedTuple):
    """What the training texts hold: a bit for each byte 5-gram, and 8-bit counts of tokens and of pairs of tokens."""

    grams: Array
    tokens: Array
    pairs: Array


def gram_places(text: str) -> Array:
    """Return the place of each byte 5-gram of a text, which gets a space on either side."""
    data = np.frombuffer(b" %b " % text.encode(), np.uint8).astype(np.uint32)
    if len(data) < GRAM_BYTES:
        return np.zeros(0, np.uint32)
    two = data[:-1] * BASE + data[1:]
    four = two[:-2] * BASE_SQUARED + two[2:]
    return ((four[:-1] * BASE + data[4:]) * MIX) >> GRAM_SHIFT


def pair_places(tokens: Array) -> Array:
    """Return the place of each token together with the one before it."""
    return ((tokens[:-1] * PAIR_BASE + tokens[1:]) * MIX) >> PAIR_SHIFT


class Novelty:
    """Scores texts by the tables of one file. `of` takes about 15 µs for a sentence."""

    def __init__(self, tables: Tables, center: float, weights: Array, quantiles: Array, levels: Array) -> None:
        """Prepare the tables.

        Args:
            tables: what the training texts hold.
            center: usual logarithm of the number of tokens.
            weights: of the constant and of the six features.
            quantiles: raw scores of texts of the usual kind, in ascending order.
            levels: the share of such texts that score lower than each of `quantiles`.
        """
        counts = np.exp2(tables.tokens.astype(np.float32) / COUNT_STEPS) - 1
        frequency = counts + RANK / (np.arange(len(counts), dtype=np.float32) + RANK)
        self._unseen = 1 - np.unpackbits(tables.grams)
        self._before = np.log(counts + PRIOR)
        self._overall = PRIOR * frequency / frequency.sum()
        self._pairs = np.maximum(np.exp2(tables.pairs.astype(np.float32) / COUNT_STEPS) - 1 - DISCOUNT, 0)
        self._center = center
        self._weights: list[float] = weights.tolist()
        self._quantiles: list[float] = quantiles.tolist()
        self._levels: list[float] = [0.0, *levels.tolist()]

    @classmethod
    def load(cls, folder: Path, vocabulary: int) -> Self | None:
        """Return what the folder's file holds, or None if it has none. `vocabulary` is the tokenizer's size.

        Raises:
            NoveltyError: the file cannot be read, or was made for another tokenizer.
        """
        file = folder / NOVELTY_FILE
        if not file.is_file():
            return None
        try:
            with np.load(file, allow_pickle=False) as stored:
                tables = Tables(stored["grams"], stored["tokens"], stored["pairs"])
                found = cls(tables, float(stored["center"]), stored["weights"], stored["quantiles"], stored["levels"])
        except (BadZipFile, EOFError, KeyError, OSError, TypeError, ValueError) as error:
            raise NoveltyError(f"{file} cannot be read: {error}") from error
        if len(tables.tokens) != vocabulary:
            raise NoveltyError(
                f"{file} was made for a tokenizer of {len(tables.tokens)} tokens, and this one has {vocabulary}; "
                "make it again: python -m inference_lambda.training.novelty"
            )
        return found

    def of(self, text: str, ids: Sequence[int]) -> float:
        """Return the share of usual texts that are less unlike the training texts: 0 to 1, with three digits."""
        return self._levels[bisect_left(self._quantiles, self.raw(text, ids))]

    def raw(self, text: str, ids: Sequence[int]) -> float:
        """Return the weighted sum of the features: the larger, the less like the training texts."""
        constant, *weights = self._weights
        features = self.features(text, ids)
        return constant + sum(weight * value for weight, value in zip(weights, features, strict=True))

    def features(self, text: str, ids: Sequence[int]) -> list[float]:
        """Return the share of 5-grams never seen, how unlikely the tokens are, and the length above and below usual."""
        places, tokens = gram_places(text), np.array(ids, np.uint32)
        unseen = np.count_nonzero(self._unseen.take(places)) / len(places) if len(places) else 1.0
        unlikely = 0.0
        if len(tokens) > 1:
            likely = self._pairs.take(pair_places(tokens)) + self._overall.take(tokens[1:])
            unlikely = float(np.add.reduce(self._before.take(tokens[:-1]) - np.log(likely))) / (len(tokens) - 1)
        length = math.log(max(len(tokens), 1)) - self._center
        longer, shorter = max(length, 0.0), max(-length, 0.0)
        return [unseen, unlikely, longer, longer * longer, shorter, shorter * shorter]
