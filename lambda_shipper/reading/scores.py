"""Numbers, and labels with scores: what is one number, all classes of one prediction, or several labels."""

from __future__ import annotations

import math
import re
from typing import Any

from contracts.labels import NUMBER, label_of
from lambda_shipper.reading.parsing import parse

SUM_TOLERANCE = 0.01
ROUNDING = 0.005
"""The most that rounding to two digits changes one number, so the tolerance grows with the number of classes."""
ABOVE_ONE = 1 + 1e-6
"""A softmax in 32 bits may end a little above 1."""
MOST_LEVELS = 8
"""How many lists, or texts that are JSON, may lie around a value."""
PRINTED_NUMBER = re.compile(
    r"""
      (?P<tensor><tf\.Tensor:[^<>]{0,80}?numpy=)?
      (?P<call>[A-Za-z][\w.]{0,40}\()?
      (?P<open>\[{0,4})\s{0,8}['"]?
      (?P<number>-?(?:\d{1,400}\.?\d{0,400}|\.\d{1,400})(?:[eE][+-]?\d{1,5})?|True|False)
      ['"]?\s{0,8}\]{0,4}
      (?:,\s?(?:dtype|device|shape|grad_fn|requires_grad)=[^=]{0,60}){0,5}\)?>?
    """,
    re.VERBOSE,
)
"""How NumPy, PyTorch, TensorFlow, JAX and `decimal` print one number: `[2.]`, `tensor(0.91)`, `np.float32(0.91)`."""
PRINTERS = re.compile(r"(?:[\w.]+\.)?(?:[Tt]ensor|[Aa]rray|b?float\d*|u?int\d*|bool_?|Decimal)\(")
MOST_PRINTED = 1000
EXCLUSIVE_SUMS = (0.5, 1.5)
MOST_SECOND = 0.6
"""Scores of classes that exclude each other are about 1 together, and the second one is not near 1."""
Fields = dict[str, Any]
Number = float | int


def number_in(value: Any) -> Number | None:
    """Return the number that a value is, or that a text holds or prints; None for anything else."""
    if isinstance(value, str):
        text = value.strip()
        if not NUMBER.fullmatch(text):
            printed = read_printed_value(text)
            return None if isinstance(printed, bool) else printed
        value = parse(text)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return value


def score_in(value: Any) -> Number | None:
    """Return the number that a score is, also one that a text has in percent: `"91.0%"`."""
    if isinstance(value, str) and value.rstrip().endswith("%"):
        number = number_in(value.rstrip()[:-1])
        return None if number is None else number / 100
    return number_in(value)


def read_printed_value(text: str) -> Number | bool | None:
    """Return the one number or boolean of a printed array, tensor or scalar; None of any other text."""
    if text in ("np.True_", "np.False_"):
        return text == "np.True_"
    if len(text) > MOST_PRINTED or text[-1:] not in ("]", ")", ">"):
        return None
    found = PRINTED_NUMBER.fullmatch(text)
    if found is None or not (found["open"] or found["call"] or found["tensor"]):
        return None
    if found["call"] and not PRINTERS.fullmatch(found["call"]):
        return None
    if found["number"] in ("True", "False"):
        return found["number"] == "True"
    number = float(found["number"])
    if not math.isfinite(number):
        return None
    return int(number) if found["number"].lstrip("-").isdigit() else number


def of_numbers(numbers: list[Any], list_means: str = "", names: list[Any] | None = None) -> Fields:
    """Read numbers: scores of the classes by position, or several values.

    Without a setting they are scores where all of them lie between 0 and 1 and one of them has a fraction or is a
    float: what a list means must not depend on what its numbers happen to sum to.
    """
    if list_means == "labels":
        pairs = by_position(numbers, names)
        if all(number in (0, 1) for number in numbers):
            return {"labels": [each["label"] for each in pairs if each["score"]]}
        return {"scores": pairs}
    is_classes = list_means == "classes" or (not list_means and (are_scores(numbers) or names is not None))
    return of_best(by_position(numbers, names)) if is_classes and len(numbers) > 1 else {"value": numbers}


def are_scores(numbers: list[Any]) -> bool:
    """Return whether these can be scores of classes. Whole zeros and ones are an indicator of labels, or values."""
    if len(numbers) < 2 or any(number is None or not 0 <= number <= ABOVE_ONE for number in numbers):
        return False
    return any(isinstance(number, float) for number in numbers)


def of_pairs(pairs: list[Fields], *, exclusive: bool = False) -> Fields:
    """Read labels with their scores: one distribution, or several labels at once.

    `exclusive` says that the names mean classes of which one is chosen, whatever their scores are together.
    """
    labels = [each["label"] for each in pairs]
    scores = [each.get("score") for each in pairs]
    differ = len(set(labels)) == len(labels)
    if differ and (is_distribution(scores) or (exclusive and None not in scores)):
        return of_best(pairs)
    return {"labels": labels} | ({"scores": pairs} if any(score is not None for score in scores) else {})


def is_distribution(scores: list[Any]) -> bool:
    """Return whether these are the probabilities of all classes: between 0 and 1, and 1 together."""
    if len(scores) < 2 or any(score is None or not 0 <= score <= ABOVE_ONE for score in scores):
        return False
    return abs(math.fsum(scores) - 1) <= tolerance_of(len(scores))


def tolerance_of(classes: int) -> float:
    """Return how far from 1 the probabilities of so many classes may be together, when they were rounded."""
    return max(SUM_TOLERANCE, ROUNDING * classes) + 1e-9


def are_exclusive(scores: list[Any]) -> bool:
    """Return whether scores between 0 and 1 can be those of classes that exclude each other."""
    low, high = EXCLUSIVE_SUMS
    second = sorted(scores)[-2] if len(scores) > 1 else 0
    return is_distribution(scores) or (low <= math.fsum(scores) <= high and second <= MOST_SECOND)


def by_position(scores: list[Any], names: list[Any] | None = None) -> list[Fields]:
    """Return numbers, or texts that are numbers, as labels with scores; without names a label is the position."""
    labels = [label_of(each) for each in (names or range(len(scores)))]
    return [{"label": label, "score": number_in(score)} for label, score in zip(labels, scores, strict=True)]


def of_best(pairs: list[Any]) -> Fields:
    """Read the classes of one prediction: the best one is its label, and all of them are kept."""
    best = max(pairs, key=lambda each: each["score"])
    return {"label": best["label"], "score": best["score"], "scores": pairs}


def read_scored_texts(value: Any) -> Fields | None:
    """Return label and score of one or two texts and a number: `["n02124075", "cat", 0.9]`, `[0.9, "cat"]`."""
    if not isinstance(value, list) or not 2 <= len(value) <= 3:
        return None
    score_first = isinstance(value[-1], str)
    texts, score = (value[1:], value[0]) if score_first else (value[:-1], value[-1])
    number = None if isinstance(score, str) else number_in(score)
    if number is None or not all(isinstance(each, str) for each in texts):
        return None
    return {"label": label_of(texts[-1]), "score": number}


def parallel(labels: list[Any], scores: list[Any]) -> list[Fields] | None:
    """Return the pairs of two lists of one length, such as `[["cat", "dog"], [0.9, 0.1]]`; None for anything else."""
    labels, numbers = [unwrap(each) for each in labels], [number_in(unwrap(each)) for each in scores]
    usable = len(labels) == len(numbers) > 0 and None not in numbers
    if not usable or not all(isinstance(each, str | bool) for each in labels):
        return None
    return [{"label": label_of(each), "score": number} for each, number in zip(labels, numbers, strict=True)]


def unwrap(value: Any) -> Any:
    """Return the only item of a list, of a list in a list, and so on; anything else as it is."""
    for _ in range(MOST_LEVELS):
        if not isinstance(value, list) or len(value) != 1:
            break
        value = value[0]
    return value
