"""Log lines of every kind, each with what it must become."""

import json
import random
from collections.abc import Callable
from typing import Any, NamedTuple

LABELS = ("acceptable", "unacceptable", "spam", "1", "a label with spaces")
NO_JSON = (
    "{ text: 'Hi.', prediction: { label: 'spam' } }",
    "{'text': 'Hi.', 'prediction': {'label': 'spam'}}",
    "level=info prediction=spam score=0.9",
    '{"text": "cut off", "prediction": {"label": "sp',
    '{"prediction": [[1, 2], [3, 4]]}',
)
IGNORED = ("START RequestId: 8f0e", "no prediction today", '{"message": "a prediction, in words"}', '{"m": 1}')
RAW = None
"""What stands for the label of a document that is kept raw."""


class Line(NamedTuple):
    """A log line, and the labels of the documents that it becomes, in order: `RAW` for one that is kept raw."""

    text: str
    labels: list[str | None]


def line(chance: random.Random, number: int) -> Line:
    """Return a line: most are ordinary."""
    dice = chance.random()
    if dice < 0.06:
        return Line(chance.choice(IGNORED), [])
    if dice < 0.10:
        return Line(chance.choice(NO_JSON), [RAW])
    label = chance.choice(LABELS)
    logged = prediction(chance, number, label)
    if dice < 0.75:
        return Line(json.dumps(logged), [label])
    if dice < 0.90:
        return Line(wrapped(chance, logged), [label])
    labels = [chance.choice(LABELS) for _ in range(chance.randint(2, 4))]
    several = [prediction(chance, number, each) for each in labels]
    glued = chance.choice((" ", "", ", ", "\n")).join(map(json.dumps, several))
    text = chance.choice((glued, json.dumps(several), json.dumps({"level": "INFO", "results": several})))
    if chance.random() < 0.1:
        return Line(glued + ' {"prediction": {"label": "cut', [*labels, RAW])
    return Line(text, list(labels))


def prediction(chance: random.Random, number: int, label: str) -> dict[str, Any]:
    """Return a logged object: ordinary, or with a key that an index refuses, or with one that it has never seen."""
    logged: dict[str, Any] = {
        "text": f"Sentence number {number}, said {chance.choice(('once', 'twice', 'naïvely', '“so”'))}.",
        "prediction": {"label": label, "score": round(chance.random(), 4)},
        "model": {"name": "m", "version": chance.choice(("1", "2"))},
        "latency_ms": round(chance.uniform(1, 40), 2),
        "request_id": f"r-{number}",
    }
    odd: list[dict[str, Any]] = [
        {"latency_ms": "3 ms"},
        {"_id": "mine"},
        {"a..b": 1, "": 2},
        {"by_customer": {f"c{chance.randrange(2000)}": 0.1}},
        {f"k{chance.randrange(2000)}": 1},
        {"tenant": chance.choice(("north", {"name": "north"}, 7, ["a", {"b": 1}]))},
        {"text": [{"role": "user", "content": "hi"}]},
        {"hash": chance.choice((14695981039346656037, 7, 0.5))},
        {"model": chance.choice(("m", 7, [1]))},
        {"deep": nested(25)},
    ]
    return logged | chance.choice(odd) if chance.random() < 0.15 else logged


def wrapped(chance: random.Random, logged: dict[str, Any]) -> str:
    """Return the object as some logger would write it."""
    wraps: list[Callable[[dict[str, Any]], str]] = [
        lambda inner: f"[INFO]\t2026-11-22T12:00:00.000Z\t8f0e\t{json.dumps(inner)}\n",
        lambda inner: json.dumps({"level": "INFO", "message": inner, "requestId": "8f0e"}),
        lambda inner: json.dumps({"log": json.dumps(inner) + "\n", "stream": "stdout"}),
        lambda inner: json.dumps({"event": f"scored {json.dumps(inner)}"}),
        lambda inner: json.dumps(json.dumps(inner)),
        lambda inner: json.dumps({"data": {"items": ["scored", inner]}}),
        lambda inner: json.dumps(inner) + "END RequestId: 8f0e",
    ]
    return chance.choice(wraps)(logged)


def nested(levels: int) -> Any:
    """Return an object below so many others."""
    value: Any = 1
    for _ in range(levels):
        value = {"k": value}
    return value
