"""The log lines of each request form go through the shipper's decode, select and document, and arrive unchanged."""

import base64
import gzip
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from inference_lambda.handler import handler
from lambda_shipper.config import Config
from lambda_shipper.decoding import decode
from lambda_shipper.documents import Documents
from lambda_shipper.selection import select

SENTENCE = 'Zoë said "yes" 🌱\nand left; prediction: {"none"}.'
BODY = json.dumps({"sentence": SENTENCE})
FORMS = {
    "direct": {"sentence": SENTENCE},
    "direct list": {"sentence": [SENTENCE, "Another one.", "word " * 2000]},
    "REST API": {"resource": "/predict", "httpMethod": "POST", "body": BODY},
    "HTTP API": {"version": "2.0", "routeKey": "POST /", "requestContext": {"http": {}}, "body": BODY},
    "function URL, base64": {
        "requestContext": {},
        "body": base64.b64encode(BODY.encode()).decode(),
        "isBase64Encoded": True,
    },
}
LOG_FORMATS = {
    # Both formats keep a printed line unchanged. The other two are what `logging` would make of it.
    "printed": lambda line: line + "\n",
    "text format": lambda line: f"[INFO]\t2026-11-22T16:00:00.000Z\t8f5c-1\t{line}\n",
    "JSON format": lambda line: json.dumps({"timestamp": "2026-11-22T16:00:00Z", "level": "INFO", "message": line}),
}


def ship(lines: list[str]) -> list[dict[str, Any]]:
    """Return the documents that the shipper makes of log lines."""
    batch = {
        "messageType": "DATA_MESSAGE",
        "owner": "123456789012",
        "logGroup": "/aws/lambda/inference",
        "logStream": "2026/11/22/[$LATEST]1",
        "subscriptionFilters": ["prediction"],
        "logEvents": [{"id": str(n), "timestamp": 1795363200000 + n, "message": line} for n, line in enumerate(lines)],
    }
    event = {"awslogs": {"data": base64.b64encode(gzip.compress(json.dumps(batch).encode())).decode()}}
    config = Config(opensearch_url="http://127.0.0.1:9")
    decoded = decode(event, config.max_batch_bytes)
    selection = select(decoded)
    actions = list(Documents(decoded, config).actions(selection))
    assert not any(documents is None for _event, _lines, documents in actions), "none is kept raw"
    return [json.loads(lines.splitlines()[1]) for _event, lines, _documents in actions]


@pytest.mark.parametrize("wrap", LOG_FORMATS.values(), ids=LOG_FORMATS)
@pytest.mark.parametrize("event", FORMS.values(), ids=FORMS)
def test_each_logged_prediction_becomes_one_document_with_the_same_content(
    event: Any, wrap: Callable[[str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    handler(event, SimpleNamespace(aws_request_id="8f5c-1"))
    lines = capsys.readouterr().out.splitlines()

    documents = ship([wrap(line) for line in lines])

    assert [
        {key: document[key] for key in json.loads(line)} for document, line in zip(documents, lines, strict=True)
    ] == [json.loads(line) for line in lines]
    assert documents[0]["text"] == SENTENCE
    assert documents[0]["shipper"]["text_characters"] == len(SENTENCE)


@pytest.mark.parametrize("event", [{"body": "no JSON, but a prediction"}, {"sentence": ""}])
def test_refused_request_is_no_prediction_to_the_shipper(event: Any, capsys: pytest.CaptureFixture[str]) -> None:
    handler(event, SimpleNamespace(aws_request_id="8f5c-1"))

    assert ship(capsys.readouterr().out.splitlines()) == []
