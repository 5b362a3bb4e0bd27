"""The requests that our own code sends to AWS, against botocore's service models: `python -m checks.requests`.

botocore itself checks types and what is required, and leaves lengths, patterns and enumerations to the service. Here
they are checked too, for requests with the longest names and the oddest characters that this project can send.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

GROWING = ("OpenSearchPartitionInstanceType",)
"""Enumerations to which the service adds values before its model does."""


def problems(shape: Shape, value: Any, where: str = "") -> Iterator[str]:
    """Yield what the service would refuse of `value` and all in it: lengths, ranges, patterns, enumerations."""
    limits = shape.metadata
    size = (
        value
        if isinstance(value, int | float)
        else len(value)
        if isinstance(value, str | bytes | list | dict)
        else None
    )
    if size is not None and not isinstance(value, bool):
        if "min" in limits and size < limits["min"]:
            yield f"{where}: {size} is below {limits['min']}"
        if "max" in limits and size > limits["max"]:
            yield f"{where}: {size} is above {limits['max']}"
    if isinstance(value, str):
        if limits.get("enum") and shape.name not in GROWING and value not in limits["enum"]:
            yield f"{where}: {value!r} is none of {', '.join(limits['enum'])}"
        if (pattern := limits.get("pattern")) and not _matches(pattern, value):
            yield f"{where}: {value[:80]!r} does not match {pattern}"
    if isinstance(value, Mapping) and isinstance(shape, StructureShape):
        for name, inner in value.items():
            yield from problems(shape.members[name], inner, f"{where}.{name}")
    elif isinstance(value, Mapping) and isinstance(shape, MapShape):
        for name, inner in value.items():
            yield from problems(shape.key, name, f"{where}.{name}")
            yield from problems(shape.value, inner, f"{where}.{name}")
    elif isinstance(value, list | tuple) and isinstance(shape, ListShape):
        for number, inner in enumerate(value):
            yield from problems(shape.member, inner, f"{where}[{number}]")


def _matches(pattern: str, value: str) -> bool:
    """Whether the whole of `value` matches; a pattern in Java's or Perl's dialect that Python lacks matches all."""
    pattern = re.sub(r"\\p\{[A-Za-z]+\}", r"\\w", pattern)
    pattern = re.sub(r"\\[uU]([0-9A-Fa-f]{4})", lambda found: re.escape(chr(int(found[1], 16))), pattern)
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error:
        return True
