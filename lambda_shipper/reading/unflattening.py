"""Objects whose keys were flattened: `{"prediction.label": "spam"}` instead of `{"prediction": {"label": "spam"}}`."""

from __future__ import annotations

from typing import Any

MOST_PARTS = 32


def is_flattened(value: dict[str, Any]) -> bool:
    """Return whether a key names something below `prediction`, or a `prediction` below something."""
    return any("prediction" in key and "prediction" in key.split(".") for key in value)


def without_marks(value: dict[str, Any]) -> dict[str, Any]:
    """Return an object of GELF, whose own keys begin with `_`, under their plain names; any other as it is."""
    if not any(key.startswith("_prediction") for key in value):
        return value
    return {key[1:] if key.startswith("_") and key[1:] not in value else key: item for key, item in value.items()}


def unflatten(value: dict[str, Any]) -> dict[str, Any]:
    """Return the object with its dotted keys taken apart; a key that contradicts another one stays as it is."""
    result: dict[str, Any] = {}
    for key, item in value.items():
        parts = key.split(".")
        if not all(parts) or len(parts) > MOST_PARTS or not _put(result, parts, item):
            result[key] = item
    return {key: _as_lists(item) for key, item in result.items()}


def _put(target: dict[str, Any], parts: list[str], item: Any) -> bool:
    *parents, last = parts
    for part in parents:
        if part in target and not isinstance(target[part], dict):
            return False
        target = target.setdefault(part, {})
    if last in target:
        return False
    target[last] = item
    return True


def _as_lists(value: Any) -> Any:
    """Turn `{"0": …, "1": …}` back into a list."""
    if not isinstance(value, dict):
        return value
    inner = {key: _as_lists(item) for key, item in value.items()}
    if inner and list(inner) == [str(number) for number in range(len(inner))]:
        return list(inner.values())
    return inner
