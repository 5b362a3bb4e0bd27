"""The form in which any line can be indexed: the line as text, where it came from, and why it is kept raw."""

from __future__ import annotations

from typing import Any

import orjson

from lambda_shipper.config import Config
from lambda_shipper.documents.origin import without_values

MOST_DETAIL_CHARACTERS = 512
NEWLINE = orjson.OPT_APPEND_NEWLINE
ESCAPED_BYTES = 6  # the most that one byte of text becomes in JSON: \u0000
ORIGIN = ("@id", "@timestamp", "@message", "@owner", "@region", "@log_group", "@log_stream")


JSON_ADVICE = "Log one JSON object a line, written by a JSON library: json.dumps(line), JSON.stringify(line)."
ADVICE = {
    "not_json": JSON_ADVICE,
    "broken_json": JSON_ADVICE + " Not over several lines, and not longer than CloudWatch takes.",
    "unknown_shape": "Log one line for each prediction, with prediction.label and score, prediction.value, or labels.",
    "mapping_conflict": "Give what differs a name of its own: a field of the index has one type.",
    "bad_actual": "Log an actual as {prediction: {id: …}, actual: {label: …}}, or with value in place of label.",
    "quoted": "Log the prediction as a line of its own; the setting `envelopes` names further keys that are yours.",
    "too_deep": "Log the prediction at the top of the line.",
    "too_large": "Log less of the input: the line must fit a bulk request.",
}
"""What to do about a line that is kept raw, by the reason."""


def raw_lines(head: bytes, origin: dict[str, Any], reason: str, detail: str, config: Config) -> bytes:
    """Return the action line and the document that holds the `@` keys of `origin` and the reason.

    `@message` is cut, and `shipper.truncated` says so, where the whole would not fit a bulk request. Where text must
    not be stored, the detail keeps the error's type and the field only.
    """
    if config.store_text != "full":
        detail = without_values(detail)
    why = {"reason": reason, "detail": detail[:MOST_DETAIL_CHARACTERS]}
    shipper: dict[str, Any] = {"kept_raw": why | ({"advice": ADVICE[reason]} if reason in ADVICE else {})}
    document = {"shipper": shipper} | {key: origin[key] for key in ORIGIN if key in origin}
    lines = head + orjson.dumps(document, None, NEWLINE)
    message = document.get("@message", "")
    if len(lines) > config.chunk_bytes and message:
        shipper["truncated"] = True
        rest = len(head) + len(orjson.dumps(document | {"@message": ""}, None, NEWLINE))
        room = max(0, config.chunk_bytes - rest) // ESCAPED_BYTES
        document["@message"] = message.encode()[:room].decode(errors="ignore")
        lines = head + orjson.dumps(document, None, NEWLINE)
    return lines
