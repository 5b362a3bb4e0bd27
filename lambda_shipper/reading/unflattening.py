"""Objects whose keys were flattened: `{"prediction.label": "spam"}` instead of `{"prediction": {"label": "spam"}}`."""

from __future__ import annotations

from typing import Any

MOST_PARTS = 32


def is_flattened(value: dict[str, Any]) -> bool:
    """Whether a key names something below `prediction`, or a `prediction` below something."""
    return any("prediction" in key and "prediction" in key.split(".") for key in value)


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
