"""The lines that nearly all are: a JSON object with label and score, or a usual map of classes, and known keys.

They get the documents that `building.Documents` would give them, in a tenth of the time; a property test holds the two
together. A line is passed on as soon as anything of it is not ordinary.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from contracts import labels
from lambda_shipper.config import Config
from lambda_shipper.documents.chunks import Chunk
from lambda_shipper.documents.origin import HASH_CHARACTERS, MILLISECONDS, Clock, hide, is_hash
from lambda_shipper.reading.decoding import LogBatch, LogEvent
from lambda_shipper.reading.maps import fields_of_usual

NEWLINE = orjson.OPT_APPEND_NEWLINE
MODEL_KEYS = {"name", "version"}
IDS = frozenset(["prediction_id", "request_id"])
"""A logger's line with one of these may be repeated, see `repeats`."""
PassOn = Callable[[LogEvent, Any, bool], None]
"""Takes a log event that is not written here, the object that its line is, if it is one, and whether it is ordinary."""
Send = Callable[[Chunk], None]


# Long: the only loop that runs once for every event with more than a few lines, so it calls as little as it can.
def write_ordinary(batch: LogBatch, config: Config, clock: Clock, chunk: Chunk, send: Send, pass_on: PassOn) -> None:
    """Write the ordinary lines of a batch into the chunk, in their order, and pass on the others.

    Args:
        batch: the log events.
        config: gives `store_text` and `chunk_bytes`.
        clock: knows the days' indices.
        chunk: what the documents are added to; `pass_on` may add to it, too.
        send: takes a full chunk's documents.
        pass_on: takes the other lines.
    """
    origin, known_labels = _origin_from_owner_on(batch), labels.known
    store_text, max_bytes = config.store_text, config.chunk_bytes
    hides = store_text != "full"
    derived, stamp, second, usual_model = {"text_characters": 0, "text_words": 0}, "", -1000, None
    body, events = chunk.body, chunk.events
    for event in batch.events:
        # 1. Read the line, and look up what its second shares with its neighbours'.
        line = event["message"]
        found: Any = None
        if line[:1] == "{":
            try:
                found = orjson.loads(line)
            except orjson.JSONDecodeError:
                found = None
        if found is None or "prediction" not in found:
            pass_on(event, found, False)
            body, events = chunk.body, chunk.events
            continue
        timestamp = event["timestamp"]
        offset = timestamp - second
        if not 0 <= offset < 1000:
            minute = clock.minute(timestamp)
            head, day = minute.head, minute.day
            takes, takes_of_logger = day.plain.issuperset, day.plain_of_loggers.issuperset
            offset = timestamp % 1000
            second = timestamp - offset
            stamp = clock.stamp(timestamp)[:-4]

        # 2. Decide whether it is ordinary: what stands under each key is of the kind that the index has.
        prediction, text, model = found["prediction"], found.get("text"), found.get("model")
        identity, is_plain = found.get("prediction_id"), takes(found)
        try:
            if "label" in prediction:
                has_fields = (
                    prediction["label"] in known_labels and type(prediction["score"]) is float and len(prediction) == 2
                )
            else:
                prediction = fields_of_usual(prediction)
                has_fields = prediction is not None
            is_ordinary = (
                has_fields
                and (is_plain or takes_of_logger(found))
                and (model == usual_model or model is None or model.keys() <= MODEL_KEYS)
                and (text is None or type(text) is str)
                and (identity is None or (type(identity) is str and len(identity) <= labels.MOST_CHARACTERS))
            )
        except (AttributeError, KeyError, TypeError):
            is_ordinary = False
        if not is_ordinary or not (is_plain or IDS.isdisjoint(found)):
            pass_on(event, found, is_ordinary and prediction is found["prediction"])
            body, events = chunk.body, chunk.events
            continue

        # 3. Make the document of the object itself.
        usual_model = model
        found["prediction"] = prediction
        if text is None or (len(text) == HASH_CHARACTERS and is_hash(text)):
            found["shipper"] = {}
        else:
            derived["text_characters"] = len(text)
            derived["text_words"] = len(text.split())
            found["shipper"] = derived
        found["@id"] = id = event["id"]
        found["@timestamp"] = stamp + MILLISECONDS[offset]
        found["@message"] = line
        found["@owner"] = origin
        if hides:
            hide(found, store_text)

        # 4. Write it.
        try:
            action = head + orjson.dumps(id) + b"}}\n"
            document = orjson.dumps(found, None, NEWLINE)
            size = len(action) + len(document)
        except orjson.JSONEncodeError:  # nested too deep
            size = max_bytes + 1
        if size > max_bytes:
            pass_on(event, None, False)
            body, events = chunk.body, chunk.events
            continue
        if len(body) + size > max_bytes:
            send(chunk.move_out())
            body, events = chunk.body, chunk.events
        body += action
        body += document
        events.append(event)


def _origin_from_owner_on(batch: LogBatch) -> orjson.Fragment:
    """Return the value of `@owner` with the other `@` keys of the batch behind it: JSON that is made once a batch."""
    owner, log_group, log_stream = map(orjson.dumps, (batch.owner, batch.log_group, batch.log_stream))
    region = b',"@region":' + orjson.dumps(batch.region) if batch.region else b""
    return orjson.Fragment(b'%b%b,"@log_group":%b,"@log_stream":%b' % (owner, region, log_group, log_stream))
