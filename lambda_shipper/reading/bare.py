"""A bare `prediction`, `predict` or `output` inside an object: a label or a value, which the keys beside it decide."""

from __future__ import annotations

from lambda_shipper.reading.names import ANSWER, LABEL, SCORE, SCORES, VALUE
from lambda_shipper.reading.scores import Fields, number_in, unwrap


def decide_answer(fields: Fields) -> None:
    """Give a `prediction`, `predict` or `output` its meaning: a text is a label, a number a value.

    A number is a label where probabilities stand beside it, or a score that a whole number cannot be meant with else.
    """
    if ANSWER not in fields:
        return
    answer = unwrap(fields.pop(ANSWER))
    if isinstance(answer, list | dict):
        fields["prediction"] = answer
        return
    number = number_in(answer)
    if number is None or (_is_whole(number) and _has_scores(fields)):
        fields.setdefault(LABEL, answer)
    else:
        fields.setdefault(VALUE, answer)


def _is_whole(number: float) -> bool:
    """Return whether a number may be a class."""
    return number == int(number)


def _has_scores(fields: Fields) -> bool:
    score = number_in(unwrap(fields.get(SCORE)))
    if (score is not None and 0 <= score <= 1) or isinstance(fields.get(SCORES) or fields.get(SCORE), list | dict):
        return True
    numbers = [number_in(item) for item in fields.values()]
    return sum(1 for number in numbers if number is not None and 0 <= number <= 1) > 1
