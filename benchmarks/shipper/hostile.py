"""Lines of a megabyte that are made to take long: `python -m benchmarks.shipper.hostile`.

Each is one log event. It prints how many there are and the slowest, and ends with 1 if one takes more CPU than it may.
A unit test runs the same lines with a thirtieth of the bytes.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from typing import Any

from lambda_shipper.checking import check

LINE_BYTES = 900_000
MOST_CPU_SECONDS = 0.9
SHOWN = 8
FOUND = {"text": "Hi.", "prediction": {"label": "acceptable", "score": 0.9}}
PIECES = (
    *("a", "0 ", " ", "\n", "\\", '"', "'", "[", "(", "{", "{ ", "]", "<a ", "a<>", "a@", "a.b:", "a=", "a: ", "a[.1]"),
    *("a.1 ", "a(", "A(b=", "[a=", "],", "Some(", "tensor(", "Tensor ", "<tf.", "b'a", "a\n", "0  a\n", "np.", "1%"),
    *("\x1b[1m", "\x1b[1;", "msg= ", "[2026] ", "INFO ", "user: ", "prediction", "prediction.", "prediction=", "x=y "),
    *('{"prediction":', '"prediction": ', "prediction={} ", 'prediction={"a": 1} ', "'prediction'", "prediction: ["),
)
"""What is repeated, each in every place."""


def lines(size: int) -> Iterator[tuple[str, str]]:
    """Yield a name and a line of about `size` bytes for each piece and place, and for each structure."""
    for piece in PIECES:
        text = piece * (size // len(piece))
        yield f"{piece!r} before the line", text + json.dumps(FOUND)
        yield f"{piece!r} named", f"INFO prediction={text}"
        yield f"{piece!r} in a message", json.dumps({"level": "INFO", "message": f"prediction: {text}"})[: 2 * size]
        yield f"{piece!r} as the prediction", json.dumps({"prediction": text})
        yield f"{piece!r} as the label", json.dumps({"prediction": {"label": text, "score": 0.5}})
        yield f"{piece!r} in a list", json.dumps({"prediction": [text[:1000]] * (size // 1000)})
    for name, logged in _structures(size):
        yield name, json.dumps(logged)


def _structures(size: int) -> Iterator[tuple[str, Any]]:
    many = size // 30
    yield from ((f"nested {key}", {"prediction": _nested(key, size)}) for key in ("result", "data", "prediction", "x"))
    yield "map of classes", {"prediction": {f"class {at}": 1 / many for at in range(many)}}
    yield "map of flags", {"prediction": {f"class {at}": True for at in range(many)}}
    yield "map of percent", {"prediction": {f"class {at}": "1%" for at in range(many)}}
    yield "map of objects", {"prediction": {f"c{at}": {"label": "a", "score": 0.1} for at in range(many)}}
    yield "map by score", {"prediction": {f"0.{at}": ["a"] for at in range(many)}}
    yield "map by position", {"prediction": {str(at): 0.1 for at in range(many)}}
    yield "keys of one name", {"prediction": {"La_bel" * 9 + str(at): at for at in range(many // 2)}}
    yield "numbers", {"prediction": [0.5] * (size // 5)}
    yield "labels", {"prediction": [f"label {at}" for at in range(many)]}
    yield "pairs", {"prediction": [{"label": f"a{at}", "score": 0.5} for at in range(many)]}
    yield "rows of a reply", {"prediction": {"predictions": [{"label": "a", "score": 0.5}] * many}}
    yield "maps in a list", {"prediction": [{"a": 0.5, "b": 0.5}] * many}
    yield "a frame", {"prediction": {f"c{at}": {str(row): 0.1 for row in range(99)} for at in range(size // 1400)}}
    yield "copies", {f"k{at}": FOUND for at in range(size // 75)}
    yield "copies with other texts", {f"k{at}": {"text": str(at), "prediction": "a"} for at in range(size // 48)}
    yield "repeats in a message", {"level": "I", "message": [FOUND] * (size // 75), "request_id": "r"}
    yield "repeats in a context", {"level": "I", "mdc": [FOUND] * (size // 75), "request_id": "r"}
    yield "repeats with ids", [{**FOUND, "level": "I", "request_id": at} for at in range(size // 120)]
    yield "flattened keys", {f"prediction.{at}": 0.5 for at in range(many)}
    yield "attributes", {"attributes": [{"key": f"k{at}", "value": {"intValue": 1}} for at in range(size // 50)]}
    yield "texts that are lines", {f"k{at}": json.dumps(FOUND) for at in range(size // 90)}


def _nested(key: str, size: int) -> Any:
    value: Any = {"label": "a", "rest": "x" * size}
    for _ in range(200):
        value = {key: value}
    return value


def cpu_seconds(line: str) -> float:
    """Return the CPU time that the documents of one line take."""
    started = time.process_time()
    check(line)
    return time.process_time() - started


def main() -> None:
    """Time all of the lines and print the slowest."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.shipper.hostile", description=__doc__)
    parser.parse_args()
    taken = sorted(((cpu_seconds(line), name) for name, line in lines(LINE_BYTES)), reverse=True)
    print(f"{len(taken)} lines of {LINE_BYTES:,} bytes; CPU time of the slowest:")
    for seconds, name in taken[:SHOWN]:
        print(f"{seconds:5.2f} s  {name}")
    sys.exit(taken[0][0] > MOST_CPU_SECONDS)


if __name__ == "__main__":
    main()
