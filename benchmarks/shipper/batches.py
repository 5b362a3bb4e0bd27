"""Generate subscription batches of predictions, as the inference function logs them."""

import base64
import gzip
import json
import random

SENTENCE = (
    "the a model sentence reads naturally although nobody knows why it does so whenever someone asks about grammar "
    "yesterday had been being seen by whom for which reason still unclear"
)
WORDS = SENTENCE.split()
RARE_WORDS = ("naïve café", "東京", '"quoted"', "🙂", "“what?”\n")
START_MS = 1_795_305_600_000  # 2026-11-22T00:00:00Z


def batch(events: int, *, seed: int = 7, first: int = 0, spacing_ms: int = 40) -> dict[str, dict[str, str]]:
    """Return the payload of an invocation with `count` predictions, `spacing_ms` apart. Ids count from `first`."""
    chance = random.Random(seed + first)
    log_events = [
        {
            "id": f"{first + number:056d}",
            "timestamp": START_MS + (first + number) * spacing_ms,
            "message": line(chance, first + number),
        }
        for number in range(events)
    ]
    body = {
        "messageType": "DATA_MESSAGE",
        "owner": "123456789012",
        "logGroup": "/aws/lambda/inference",
        "logStream": "2026/11/22/[$LATEST]0123456789abcdef0123456789abcdef",
        "subscriptionFilters": ["predictions"],
        "logEvents": log_events,
    }
    data = gzip.compress(json.dumps(body, ensure_ascii=False).encode(), 6)
    return {"awslogs": {"data": base64.b64encode(data).decode()}}


def line(chance: random.Random, number: int) -> str:
    """Return one log line of about 170 to 320 bytes."""
    words = chance.choices(WORDS, k=chance.randint(3, 18))
    if number % 8 == 0:
        words[1] = chance.choice(RARE_WORDS)
    text = " ".join(words)
    score = chance.random()
    logged = {
        "text": text,
        "prediction": {"label": "acceptable" if score > 0.3 else "unacceptable", "score": round(score, 6)},
        "model": {"name": "cola", "version": "2026-11-20"},
        "latency_ms": round(chance.uniform(1, 40), 2),
        "request_id": f"{chance.getrandbits(64):016x}-{number:012d}",
    }
    return json.dumps(logged, ensure_ascii=False) + "\n"
