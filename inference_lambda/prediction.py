"""Make the prediction record, and the log line that the monitoring reads. The keys are a contract with users."""

import hashlib
import json
import secrets
import time
import uuid
from typing import Any

from inference_lambda.model import Model

Record = dict[str, Any]
"""`{"text", "prediction": {"label", "score"}, "model": {"name", "version"}, "latency_ms", "request_id",
"prediction_id"}`; `"novelty"` if the model folder has the file for it, and `"truncated": true` if the text was longer
than the model can read."""


def new_identity(milliseconds: int | None = None) -> str:
    """Return a UUID of version 7 (RFC 9562): its time in milliseconds since 1970, now by default, and chance."""
    moment, chance = time.time_ns() // 1_000_000 if milliseconds is None else milliseconds, secrets.randbits(74)
    return str(uuid.UUID(int=moment << 80 | 7 << 76 | (chance >> 62) << 64 | 2 << 62 | chance & (1 << 62) - 1))


def predict(model: Model, sentence: str, request_id: str) -> Record:
    """Return the record of one prediction, with its whole text.

    Raises:
        ModelError: if the model fails.
    """
    began = time.perf_counter()
    answer = model.classify(sentence)
    record: Record = {
        "text": sentence,
        "prediction": {"label": answer.label, "score": answer.score},
        "model": {"name": model.name, "version": model.version},
        "latency_ms": round((time.perf_counter() - began) * 1000, 2),
        "request_id": request_id,
        "prediction_id": new_identity(),
    }
    if answer.novelty is not None:
        record["novelty"] = answer.novelty
    return record | {"truncated": True} if answer.truncated else record


def log_line(record: Record, store_text: str) -> str:
    """Return the record as one line of ASCII JSON, with its whole text, the text as `sha256:…`, or no text.

    A hash shows that two texts are the same. It hides only texts that cannot be guessed.
    """
    kept = {key: value for key, value in record.items() if key != "text" or store_text != "none"}
    if store_text == "hash":
        kept["text"] = "sha256:" + hashlib.sha256(record["text"].encode()).hexdigest()
    return json.dumps(kept, allow_nan=False)
