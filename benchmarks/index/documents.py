"""The documents that are measured. They stay as they are, so that figures of different days can be compared.

They are what the shipper made of the example model's log lines in November 2026: 254 bytes of log line on average, 820
bytes of JSON. `prediction_id` is the one field that may be added.
"""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import orjson

LOG_GROUP = "/aws/lambda/inference"
SENTENCE = (
    "the a model sentence reads naturally although nobody knows why it does so whenever someone asks about grammar "
    "yesterday had been being seen by whom for which reason still unclear"
)
WORDS = SENTENCE.split()
RARE_WORDS = ("naïve café", "東京", '"quoted"', "🙂", "“what?”\n")
ID_DIGITS = 56
"""An event's id is a number of 56 digits: its time first, then what tells it from its neighbours."""


def documents(
    count: int, start: datetime, span: timedelta, *, seed: int = 7, with_prediction_id: bool = False
) -> Iterator[tuple[str, datetime, bytes]]:
    """Give (id, time, JSON) of `count` predictions at even distances over `span`."""
    chance = random.Random(seed)
    for number in range(count):
        at = start + span * number / count
        milliseconds = round(at.timestamp() * 1000)
        id = f"{milliseconds}{chance.randrange(10**43):043d}"
        yield id, at, _document(chance, number, id, milliseconds, with_prediction_id=with_prediction_id)


def bulk(found: Iterator[tuple[str, datetime, bytes]], prefix: str, *, size: int = 1000) -> Iterator[bytes]:
    """Give the bodies of bulk requests that write each document into the index of its day, `prefix-2026.11.22`."""
    lines: list[bytes] = []
    for id, at, document in found:
        lines.append(b'{"index":{"_index":"%s-%s","_id":"%s"}}\n%s\n' % (
            prefix.encode(), at.strftime("%Y.%m.%d").encode(), id.encode(), document
        ))  # fmt: skip
        if len(lines) == size:
            yield b"".join(lines)
            lines = []
    if lines:
        yield b"".join(lines)


def _document(chance: random.Random, number: int, id: str, milliseconds: int, *, with_prediction_id: bool) -> bytes:
    logged = _logged(chance, number)
    if with_prediction_id:
        logged["prediction_id"] = f"{chance.getrandbits(128):032x}"
    stamp = datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds")
    text = logged["text"]
    return orjson.dumps({
        **logged,
        "shipper": {"text_characters": len(text), "text_words": len(text.split())},
        "@id": id,
        "@timestamp": stamp.replace("+00:00", "Z"),
        "@message": json.dumps(logged, ensure_ascii=False) + "\n",
        "@owner": "123456789012",
        "@log_group": LOG_GROUP,
        "@log_stream": "2026/11/22/[$LATEST]0123456789abcdef0123456789abcdef",
    })  # fmt: skip


def _logged(chance: random.Random, number: int) -> dict[str, object]:
    words = chance.choices(WORDS, k=chance.randint(3, 18))
    if number % 8 == 0:
        words[1] = chance.choice(RARE_WORDS)
    score = chance.random()
    return {
        "text": " ".join(words),
        "prediction": {"label": "acceptable" if score > 0.3 else "unacceptable", "score": round(score, 6)},
        "model": {"name": "cola", "version": "2026-11-20"},
        "latency_ms": round(chance.uniform(1, 40), 2),
        "request_id": f"{chance.getrandbits(64):016x}-{number:012d}",
    }
