"""A logged object whose prediction holds several rows, as one object for each of them."""

from __future__ import annotations

from typing import Any

from lambda_shipper.reading.options import Options
from lambda_shipper.reading.replies import several_in

KEY = "prediction"
ONE_FOR_EACH = ("text", "prediction_id", "actual")
"""Keys of which a list as long as the rows has an item for each."""


def with_rows(logged: dict[str, Any], options: Options) -> list[dict[str, Any]]:
    """Return the predictions of a logged object: one for each row of a reply or a frame, else the object itself.

    A `prediction_id` of the whole gets a suffix from the second row on, so that each row has an id of its own.
    """
    said = logged[KEY]
    if not isinstance(said, dict | list | str) or options.list_means in ("values", "labels"):
        return [logged]
    rows = several_in(said, options.meanings)
    if rows is None:
        return [logged]
    found = []
    for position, row in enumerate(rows):
        each = type(logged)({**logged, KEY: row})
        for key in ONE_FOR_EACH:
            item = logged.get(key)
            if isinstance(item, list) and len(item) == len(rows):
                each[key] = item[position]
        identity = logged.get("prediction_id")
        if position and isinstance(identity, str | int):
            each["prediction_id"] = f"{identity}-{position + 1}"
        found.append(each)
    return found
