"""From a logged object to the document's keys: what the fast path of `documents` does not do.

One field cannot be an object here and a value there, since the index has one type for each. So a bare `model` or
`error` gets the name that the index has for it, `prediction` one of its shapes, and a `text` that is an object becomes
its JSON. Keys that the index would refuse are left out (decision 7).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import orjson

from contracts.labels import shortened
from contracts.text_terms import measure, read_shape
from lambda_shipper.documents.chunks import (
    AS_CLASSES,
    AS_LABELS,
    AS_SCORES,
    AS_VALUES,
    FAILED_PREDICTION,
    LEFT_OUT,
    UNLABELLED,
)
from lambda_shipper.documents.origin import HASH_CHARACTERS, is_hash
from lambda_shipper.domain.keys import Sieve
from lambda_shipper.errors import UnknownShapeError
from lambda_shipper.reading.options import DEFAULT, Options
from lambda_shipper.reading.shapes import holds_something, shape

MOST_NAMES = 100
"""How many keys that were left out a document names."""
STATUS_KEYS = ("status_code", "statusCode", "status")
FIRST_ERROR_STATUS = 400


class Prepared(NamedTuple):
    """A document without its `@` keys, and what is worth counting of it."""

    document: dict[str, Any]
    traits: tuple[str, ...]


def prepare(logged: dict[str, Any], sieve: Sieve, options: Options = DEFAULT) -> Prepared:
    """Return the document of one prediction; raises `UnknownShapeError`."""
    document = {key: value for key, value in logged.items() if key != "shipper" and not key.startswith("@")}
    said = document["prediction"]
    fields, senseless = shape(said, options)
    failed = _is_failed(document, fields)
    if failed:
        fields = {}
    elif senseless and not holds_something(fields) and fields.get("score") is None:
        raise UnknownShapeError(f"prediction.{senseless[0]} is of no use, and nothing else is there")
    document["prediction"] = fields or None
    text_shape = document.pop("text_shape", None)
    _name_identity(document, fields)
    _name_values(document)
    document = {"prediction": None} | sieve.sift(document)
    sieve.left_out += [(f"prediction.{name}", "bad_value") for name in senseless]
    document["shipper"] = derive(document.get("text"), text_shape)
    traits = []
    if failed:
        document["shipper"]["failed"] = True
        traits.append(FAILED_PREDICTION)
    elif not holds_something(document.get("prediction") or {}):
        traits.append(UNLABELLED)
    if isinstance(labels := fields.get("labels"), list):
        document["shipper"]["labels"] = len(labels)  # an index cannot see a list that is empty
    if not options.list_means and (reading := _find_reading(said, fields)):
        traits.append(reading)
    if sieve.left_out:
        name_left_out(document["shipper"], sieve.left_out)
        traits.append(LEFT_OUT)
    return Prepared(document, tuple(traits))


def name_left_out(shipper: dict[str, Any], left_out: list[tuple[str, str]]) -> None:
    """Write into `shipper` which keys were left out, and why; those that it names already stay."""
    names = dict.fromkeys([*shipper.get("left_out", ()), *(path for path, _ in left_out)])
    reasons = dict.fromkeys([*shipper.get("left_out_reasons", ()), *(reason for _, reason in left_out)])
    shipper["left_out"] = list(names)[:MOST_NAMES]
    shipper["left_out_reasons"] = list(reasons)


def _find_reading(said: Any, fields: dict[str, Any]) -> str | None:
    """Return how a list was read, or that a map was read as independent scores; None of anything else."""
    if isinstance(said, dict):
        return AS_SCORES if fields.keys() == {"scores"} and "scores" not in said else None
    if not isinstance(said, list):
        return None
    if fields.get("labels") is not None:
        return AS_LABELS
    return AS_CLASSES if fields.get("label") is not None else AS_VALUES if fields.get("value") is not None else None


def _is_failed(document: dict[str, Any], fields: dict[str, Any]) -> bool:
    """Return whether this logs that a request got no prediction: none beside an error, or a text beside a status."""
    if not any(value is not None for value in fields.values()):
        return bool(document.get("error"))
    if not isinstance(document["prediction"], str):
        return False
    statuses = [document.get(key) for key in STATUS_KEYS]
    if not any(isinstance(status, int) and status >= FIRST_ERROR_STATUS for status in statuses):
        return False
    document.setdefault("error", document["prediction"])
    return True


def _name_identity(document: dict[str, Any], fields: dict[str, Any]) -> None:
    """Make `prediction.id` the prediction's identity, where no `prediction_id` was logged."""
    inner = fields.get("id")
    if isinstance(inner, str | int) and document.get("prediction_id") is None:
        document["prediction_id"] = inner
        del fields["id"]
        document["prediction"] = fields or None
    identity = document.get("prediction_id")
    if isinstance(identity, str | int):
        document["prediction_id"] = shortened(str(identity))


def _name_values(document: dict[str, Any]) -> None:
    """Give a bare `model` or `error` the name that the index has for it, and make a `text` of any form a text."""
    model, error, text = document.get("model"), document.get("error"), document.get("text")
    if isinstance(model, str | int | float):
        document["model"] = {"name": str(model)}
    if isinstance(error, str | int | float | list):
        document["error"] = {"message": error if isinstance(error, str) else orjson.dumps(error).decode()}
    if isinstance(text, dict) or (isinstance(text, list) and any(isinstance(each, dict | list) for each in text)):
        document["text"] = orjson.dumps(text).decode()


def derive(text: Any, text_shape: Any = None) -> dict[str, Any]:
    """Return what is derived from a text; of one that the function hid itself, from the `text_shape` it logged."""
    if text is None or (isinstance(text, str) and len(text) == HASH_CHARACTERS and is_hash(text)):
        return read_shape(text_shape)
    return measure(text) if isinstance(text, str) else {}
