"""What stands under `prediction`, brought to the names that the index has: label and score, value, or labels.

| logged | indexed |
| --- | --- |
| a text, a boolean | `label` |
| a number, a text that is one or prints one | `value` |
| a text that is JSON | what it holds |
| a text that is an object or a list of another notation | nothing: `not_json` |
| an object with a name of `names.NAMES` | what the names mean, decided by all of its keys |
| a map of class to probability | the best class as `label` and `score`, all as `scores`; independent scores alone |
| a reply of a server, a frame, a tensor, an object around one answer | what it holds |
| a list of one | what it holds; an object with a label and no score stays a list |
| numbers between 0 and 1 | scores of classes by position: `label`, `score`, `scores` |
| other numbers | `value`, as a list |
| labels with scores that sum to 1, or of which one is chosen | the best one as `label` and `score`, all as `scores` |
| other labels, with or without scores | `labels`, with all as `scores` if they have some |
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from contracts.labels import is_missing, label_of
from lambda_shipper.errors import UnknownShapeError
from lambda_shipper.reading.lists import read_list
from lambda_shipper.reading.notations import is_printed
from lambda_shipper.reading.objects import read_object
from lambda_shipper.reading.options import DEFAULT, Options
from lambda_shipper.reading.parsing import NotJsonError, parse
from lambda_shipper.reading.scores import MOST_LEVELS, Fields, number_in, read_printed_value

BYTES = re.compile(r"""b(?P<quote>["'])(?P<text>[^"'\\]++)(?P=quote)""")
"""How Python prints bytes, such as TensorFlow's and Triton's texts."""


def shape(prediction: Any, options: Options = DEFAULT) -> tuple[Fields, list[str]]:
    """Return the fields of a prediction, and the names of those of its own that make no sense and were left out.

    Raises `UnknownShapeError`. The same value always gives the same fields.
    """
    reader = Reader(options)
    return reader.read(prediction, 0), reader.left_out


def holds_something(fields: Fields) -> bool:
    """Return whether there is a label, a value or labels in it."""
    return any(fields.get(name) is not None for name in ("label", "value", "labels"))


class Reader:
    """One reading of one prediction, with the fields of it that make no sense."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.left_out: list[str] = []

    def read(self, value: Any, level: int) -> Fields:
        """Return the fields of a value; raises `UnknownShapeError`."""
        if level > MOST_LEVELS:
            raise UnknownShapeError(f"a value in more than {MOST_LEVELS} lists or texts", "too_deep")
        if is_missing(value):
            return {}
        if isinstance(value, dict):
            return read_object(dict(value), self.options, partial(self.read, level=level + 1), self.left_out)
        if isinstance(value, list):
            return read_list(value, self.options, partial(self.read, level=level + 1))
        if isinstance(value, str):
            return self._read_text(value, level)
        return {"label": label_of(value)} if isinstance(value, bool) else {"value": value}

    def _read_text(self, value: str, level: int) -> Fields:
        text = value.strip()
        number = number_in(text)
        if number is not None:
            return {"value": number}
        if text[:1] in ("{", "[", '"'):
            try:
                return self.read(parse(text), level + 1)
            except NotJsonError:
                pass
        if is_missing(text):
            return {}
        if isinstance(printed := read_printed_value(text), bool):
            return {"label": label_of(printed)}
        if is_printed(text):
            raise UnknownShapeError("a text that is an object or a list, but no JSON", "not_json")
        if (packed := BYTES.fullmatch(text)) is not None:
            return {"label": label_of(packed["text"])}
        return {"label": label_of(text or value)}
