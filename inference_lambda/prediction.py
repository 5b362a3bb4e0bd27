"""Make the prediction record, and the log line that the monitoring reads. The keys are a contract with users."""

import hashlib
import json
import time
from typing import Any

from contracts.text_terms import make_shape
from inference_lambda.identity import new_identity
from inference_lambda.model import Model

Record = dict[str, Any]
"""`{"text", "prediction": {"label", "score"}, "model": {"name", "version"}, "latency_ms", "request_id",
"prediction_id"}`; `"novelty"` if the model folder has the file for it, and `"truncated": true` if the text was longer
than the model can read."""


def predict(model: Model, sentence: str, request_id: str, identity_key: str = "") -> Record:
    """Return the record of one prediction, with its whole text. `identity_key` signs its identity.

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
        "prediction_id": new_identity(identity_key),
    }
    if answer.novelty is not None:
        record["novelty"] = answer.novelty
    return record | {"truncated": True} if answer.truncated else record


def log_line(record: Record, store_text: str) -> str:
    """Return the record as one line of ASCII JSON, with its whole text, the text as `sha256:…`, or no text.

    A hash shows that two texts are the same. It hides only texts that cannot be guessed. In place of a hidden text
    stands its `text_shape`, so that drift of texts is still seen.
    """
    kept = {key: value for key, value in record.items() if key != "text" or store_text != "none"}
    if store_text != "full":
        kept["text_shape"] = make_shape(record["text"])
    if store_text == "hash":
        kept["text"] = "sha256:" + hashlib.sha256(record["text"].encode()).hexdigest()
    return json.dumps(kept, allow_nan=False)
