"""The log lines of each request form go through the shipper's decode, select and document, and arrive unchanged."""

import base64
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from inference_lambda.handler import handler
from tests.written import written

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
    """The documents that the shipper makes of log lines."""
    made = written(lines)
    assert not any(each.is_raw for each in made), "none is kept raw"
    return sorted((each.document for each in made), key=lambda document: document["@id"])


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
def test_refused_request_is_a_failed_prediction_to_the_shipper(event: Any, capsys: pytest.CaptureFixture[str]) -> None:
    handler(event, SimpleNamespace(aws_request_id="8f5c-1"))

    [document] = ship(capsys.readouterr().out.splitlines())

    assert document["shipper"] == {"failed": True}
    assert document["prediction"] is None
    assert document["error"]["status"] == 400
