"""Replies of model servers, frames and tensors: the rows that they hold, each a prediction.

Known are MLflow, KServe V1 and TensorFlow Serving (`predictions`, `outputs`, `results`), KServe V2, Triton and MLServer
(`outputs` with `data`), pandas frames (`split`, `tight`, `table`, `dict`, `index`), tensors of ONNX Runtime, vectors of
Spark.
"""

from __future__ import annotations

from typing import Any

from contracts.labels import is_missing
from lambda_shipper.reading.maps import positions_in, read_map
from lambda_shipper.reading.names import ANSWER, LABEL, SCORES, VALUE, Meanings
from lambda_shipper.reading.parsing import NotJsonError, parse
from lambda_shipper.reading.scores import is_distribution, number_in, unwrap

MOST_ROWS = 10_000
REPLIES = ("predictions", "outputs", "results")
DATA = ("cpuData", "data", "values")
PROBABILITIES = "probabilities"


def several_in(prediction: Any, meanings: Meanings) -> list[Any] | None:
    """Return the predictions of a value that holds two or more: rows of a reply or a frame, or rows of one form."""
    if isinstance(prediction, str) and prediction.lstrip()[:1] in ("{", "["):
        try:
            prediction = parse(prediction)
        except NotJsonError:
            return None
    prediction = unwrap(prediction)
    rows = rows_in(prediction) if isinstance(prediction, dict) else prediction
    if not isinstance(rows, list) or not 2 <= len(rows) <= MOST_ROWS:
        return None
    return rows if rows is not prediction or _are_rows(rows, meanings) else None


def rows_in(value: dict[str, Any]) -> list[Any] | None:
    """Return the rows of a reply, a frame or a tensor; None of any other object."""
    for key in REPLIES:
        inner = value.get(key)
        if isinstance(inner, list):
            return _of_tensors(inner) if inner and all(map(_is_named_tensor, inner)) else inner
        if isinstance(inner, dict) and (columns := _columns(inner)):
            return columns
    if (rows := _frame(value)) is not None:
        return rows
    if _is_tensor(value):
        return _tensor_rows(value)
    tensors = {key: item for key, item in value.items() if isinstance(item, dict) and _is_tensor(item)}
    if tensors and len(tensors) == len(value):
        return _of_tensors([{"name": key, **item} for key, item in tensors.items()])
    return None


def of_topk(value: dict[str, Any]) -> dict[str, Any]:
    """Return the labels and scores that PyTorch's and TensorFlow's `topk` gives; any other object as it is."""
    if value.keys() != {"values", "indices"}:
        return value
    scores, labels = unwrap(value["values"]), unwrap(value["indices"])
    return {"labels": labels, "scores": scores} if isinstance(labels, list) else {"label": labels, "score": scores}


def vector_in(value: Any) -> Any:
    """Return the list that a vector of Spark ML or a typed array is; anything else as it is."""
    if not isinstance(value, dict):
        return value
    if set(value) == {"type", "values"} and isinstance(value["values"], list):
        return value["values"]
    if (listed := positions_in(value)) is not None:
        return listed
    return value


def _are_rows(rows: list[Any], meanings: Meanings) -> bool:
    """Return whether each item of a list is a whole answer, so that they are predictions and not labels of one."""
    rows = [unwrap(each) for each in rows]
    if all(isinstance(each, list) for each in rows):
        return len({len(each) for each in rows}) == 1 and all(_is_answer_list(each, meanings) for each in rows)
    if not all(isinstance(each, dict) for each in rows) or len({tuple(each) for each in rows}) != 1:
        return False
    keys = meanings.keys_in(rows[0])
    if keys.get(ANSWER) or (keys.get(VALUE, VALUE) != VALUE and LABEL not in keys):
        return True
    if LABEL in keys:
        return SCORES in keys
    maps = [read_map(each, meanings) for each in rows]
    return all(found is not None and "label" in found.fields() for found in maps)


def _is_answer_list(row: list[Any], meanings: Meanings) -> bool:
    """Return whether a list is the probabilities of all classes, with or without their names."""
    if all(isinstance(each, dict) for each in row):
        keys = [meanings.keys_in(each) for each in row]
        return is_distribution([number_in(each.get(key.get("score", ""))) for each, key in zip(row, keys, strict=True)])
    return is_distribution([number_in(each) for each in row])


def _frame(value: dict[str, Any]) -> list[Any] | None:
    """Return the rows of a pandas frame: `split` and `tight`, `table`, `dict` and `index`."""
    columns, data = value.get("columns"), value.get("data")
    if isinstance(columns, list) and isinstance(data, list):
        if not all(isinstance(row, list) and len(row) == len(columns) for row in data):
            return None
        return [dict(zip(map(str, columns), row, strict=True)) for row in data]
    if isinstance(data, list) and isinstance(value.get("schema"), dict):
        return [
            {key: item for key, item in row.items() if key != "index"} if isinstance(row, dict) else row for row in data
        ]
    inner = list(value.values())
    if not inner or not all(isinstance(each, dict) and each for each in inner):
        return None
    if positions_in(value) is not None:
        return inner
    if all(positions_in(each) is not None and len(each) == len(inner[0]) for each in inner):
        cells = [list(each.values()) for each in inner]
        if any(isinstance(cell, dict) for column in cells for cell in column):
            return None
        if len(inner[0]) == 1 or not all(is_distribution([number_in(cell) for cell in column]) for column in cells):
            return [dict(zip(value, row, strict=True)) for row in zip(*cells, strict=True)]
    return None


def _is_tensor(value: dict[str, Any]) -> bool:
    has_form = any(isinstance(value.get(key), list) for key in ("dims", "shape"))
    has_type = any(isinstance(value.get(key), str) for key in ("type", "dtype", "datatype"))
    return has_form and has_type and any(isinstance(value.get(key), list | dict) for key in DATA)


def _is_named_tensor(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("data"), list) and "name" in value


def _tensor_rows(value: dict[str, Any]) -> list[Any]:
    """Return a tensor's rows: its first dimension counts them, and the rest of a row is one flat list."""
    data = next(vector_in(value[key]) for key in DATA if isinstance(value.get(key), list | dict))
    flat = _flat(data) if isinstance(data, list) else [data]
    form = [each for each in value.get("dims") or value.get("shape") or [] if isinstance(each, int)]
    count = form[0] if len(form) > 1 and form[0] > 0 and len(flat) % form[0] == 0 else None
    if count is None:
        return flat if len(form) == 1 and _holds_labels(flat) else [flat]
    width = len(flat) // count
    return [unwrap(flat[start : start + width]) for start in range(0, len(flat), width)] if width else []


def _of_tensors(tensors: list[dict[str, Any]]) -> list[Any]:
    """Return the rows of a server's outputs: of several, one gives the label and one the probabilities."""
    columns = {str(each["name"]): _output_rows(each) for each in tensors}
    counts = {len(rows) for rows in columns.values()}
    if len(columns) == 1:
        return next(iter(columns.values()))
    if len(counts) != 1:
        return []
    return [_join(dict(zip(columns, row, strict=True))) for row in zip(*columns.values(), strict=True)]


def _output_rows(tensor: dict[str, Any]) -> list[Any]:
    """Return the rows of one output. Where its form has one dimension, each item is a row."""
    rows = _tensor_rows({"datatype": "", "shape": [], **tensor})
    form = tensor.get("shape")
    if len(rows) == 1 and isinstance(rows[0], list) and isinstance(form, list) and len(form) == 1:
        return rows[0]
    return rows


def _join(row: dict[str, Any]) -> dict[str, Any]:
    """Name the parts of a row after what they are: a list of probabilities, and the label beside it."""
    lists = [key for key, item in row.items() if isinstance(item, list) and len(item) > 1]
    single = [key for key, item in row.items() if not isinstance(item, list)]
    if len(lists) == 1 and len(single) == 1:
        return {"label": row[single[0]], PROBABILITIES: row[lists[0]]}
    return row


def _columns(value: dict[str, Any]) -> list[Any] | None:
    """Return the rows of TensorFlow Serving's column format: a list for each output."""
    if not value or not all(isinstance(each, list) for each in value.values()):
        return None
    if len({len(each) for each in value.values()}) != 1:
        return None
    if len(value) == 1:
        return list(next(iter(value.values())))
    return [dict(zip(value, row, strict=True)) for row in zip(*value.values(), strict=True)]


def _flat(data: list[Any]) -> list[Any]:
    for _ in range(8):
        if not any(isinstance(each, list) for each in data):
            break
        data = [item for each in data for item in (each if isinstance(each, list) else [each])]
    return data


def _holds_labels(flat: list[Any]) -> bool:
    return any(isinstance(each, str) for each in flat) and not any(is_missing(each) for each in flat)
