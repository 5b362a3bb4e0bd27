"""The function, as a caller and a reader of its log see it."""

import base64
import json
import uuid
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from inference_lambda.handler import handler, load_model
from inference_lambda.identity import new_identity
from inference_lambda.model import ModelError

MakeFolder = Callable[..., Path]
Log = Callable[[], list[dict[str, Any]]]

CONTEXT = SimpleNamespace(aws_request_id="8f5c-1")
SENTENCE = "The boy is sitting on a bench."
BODY = json.dumps({"sentence": SENTENCE})


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str]) -> Log:
    """Return the parsed lines that were logged since the last call."""
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_direct_reply_is_the_tutorials_and_is_what_was_logged(log: Log) -> None:
    reply = handler({"sentence": SENTENCE}, CONTEXT)

    assert reply["text"] == SENTENCE
    assert reply["prediction"]["label"] == "acceptable"
    assert reply["request_id"] == "8f5c-1"
    assert log() == [reply]


@pytest.mark.parametrize(
    "event",
    [
        {"resource": "/", "body": BODY},
        {"version": "2.0", "requestContext": {}, "body": BODY, "isBase64Encoded": False},
        {"requestContext": {}, "body": base64.b64encode(BODY.encode()).decode(), "isBase64Encoded": True},
    ],
    ids=["REST API", "function URL", "base64"],
)
def test_http_reply_has_the_prediction_as_its_body(log: Log, event: dict[str, Any]) -> None:
    reply = handler(event, CONTEXT)

    assert reply["statusCode"] == 200
    assert log() == [json.loads(reply["body"])]


def test_list_logs_one_line_for_each_sentence_in_order(log: Log) -> None:
    sentences = ["The first.", "The second.", "The first."]

    replies = handler({"sentence": sentences}, CONTEXT)

    assert [reply["text"] for reply in replies] == sentences
    assert replies[0]["prediction"] == replies[2]["prediction"]
    assert log() == replies


def test_refused_request_gets_400_and_is_logged_without_its_text(log: Log) -> None:
    reply = handler({"body": '{"sentence": ["fine", "secret prediction' + "x" * 20_000 + '"]}'}, CONTEXT)

    assert reply["statusCode"] == 400
    assert json.loads(reply["body"])["error"] == "sentence 1 has 20017 characters; the limit is 20000"
    (line,) = log()
    assert (line["level"], line["prediction"], line["request_id"]) == ("WARN", None, "8f5c-1")
    assert (line["error"]["type"], line["error"]["status"]) == ("request refused", 400)
    assert "secret" not in json.dumps(line)


def test_refused_direct_request_gets_the_reason_and_no_retry(log: Log) -> None:
    assert handler({"text": "wrong key"}, CONTEXT) == {
        "statusCode": 400,
        "error": 'there is no sentence; send {"sentence": "…"}',
    }
    assert len(log()) == 1


@pytest.fixture(params=["not_finite", "other_inputs", None], ids=["fails at work", "cannot be loaded", "not there"])
def broken_model(
    request: pytest.FixtureRequest, make_folder: MakeFolder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = make_folder(request.param) if request.param else tmp_path / "nowhere"
    monkeypatch.setenv("MODEL_DIR", str(folder))


@pytest.mark.usefixtures("broken_model")
def test_model_failure_gets_500_without_internal_details(log: Log) -> None:
    reply = handler({"body": BODY}, CONTEXT)

    assert reply["statusCode"] == 500
    assert json.loads(reply["body"]) == {"statusCode": 500, "error": "the model failed", "request_id": "8f5c-1"}
    (line,) = log()
    assert (line["level"], line["prediction"]) == ("ERROR", None)
    assert (line["error"]["type"], line["error"]["status"]) == ("model failed", 500)
    assert line["error"]["message"]
    assert SENTENCE not in json.dumps(line)


@pytest.mark.usefixtures("broken_model")
def test_model_failure_is_the_functions_error_for_a_direct_caller(log: Log) -> None:
    with pytest.raises(ModelError):
        handler({"sentence": SENTENCE}, CONTEXT)

    assert len(log()) == 1


def test_failing_batch_logs_no_prediction_at_all(
    log: Log, make_folder: MakeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODEL_DIR", str(make_folder("small_vocabulary", labels=["a", "b"])))
    reply = handler({"body": json.dumps(["unknown", "the boy"])}, CONTEXT)

    assert reply["statusCode"] == 500
    assert [line["error"]["type"] for line in log()] == ["model failed"]


@pytest.mark.parametrize(("store_text", "kept"), [("hash", "sha256:"), ("none", None)])
def test_privacy_setting_holds_at_the_source_and_not_for_the_caller(
    log: Log, monkeypatch: pytest.MonkeyPatch, store_text: str, kept: str | None
) -> None:
    monkeypatch.setenv("STORE_TEXT", store_text)

    reply = handler({"sentence": SENTENCE}, CONTEXT)

    assert reply["text"] == SENTENCE
    (line,) = log()
    assert SENTENCE not in json.dumps(line)
    assert line.get("text", "none")[:7] == (kept or "none")
    assert line["text_shape"]["characters"] == len(SENTENCE)


def test_model_is_loaded_once(log: Log) -> None:
    load_model.cache_clear()
    for _ in range(3):
        handler({"sentence": SENTENCE}, CONTEXT)

    assert load_model.cache_info().misses == 1


KEY = "arn:aws:cloudformation:eu-central-1:123456789012:stack/PredictionMonitoring/f81d4fae"


@pytest.mark.parametrize("actual", [{"label": "unacceptable"}, "unacceptable"])
@pytest.mark.parametrize("as_http", [True, False])
def test_actual_of_an_id_that_the_function_gave_out_is_logged_and_sent_back(
    log: Log, monkeypatch: pytest.MonkeyPatch, actual: Any, as_http: bool
) -> None:
    monkeypatch.setenv("IDENTITY_KEY", KEY)
    identity = handler({"sentence": SENTENCE}, CONTEXT)["prediction_id"]
    content = {"prediction": {"id": identity}, "actual": actual, "note": "by hand"}

    reply = handler({"body": json.dumps(content)} if as_http else content, CONTEXT)

    _, line = log()
    assert line == {"prediction": {"id": identity}, "actual": {"label": "unacceptable"}}
    assert (json.loads(reply["body"]) if as_http else reply) == line


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ({"actual": {"label": "acceptable"}}, "the actual has no id; send the id that the reply had"),
        ({"prediction": {"id": ""}, "actual": "acceptable"}, "the actual has no id; send the id that the reply had"),
        (
            {"prediction": {"id": new_identity(KEY)}, "actual": {"label": "spam"}},
            "the actual has no label of this model; it has unacceptable, acceptable",
        ),
        *(
            (
                {"prediction": {"id": identity}, "actual": "acceptable"},
                "this function did not give out the id of the actual; send the id that its reply had",
            )
            for identity in ("p-1", str(uuid.uuid4()), new_identity("another stack"), new_identity(""))
        ),
    ],
)
def test_actual_of_an_id_or_a_label_that_is_not_the_functions_own_gets_400(
    log: Log, monkeypatch: pytest.MonkeyPatch, content: dict[str, Any], error: str
) -> None:
    monkeypatch.setenv("IDENTITY_KEY", KEY)

    assert handler(content, CONTEXT) == {"statusCode": 400, "error": error}
    (line,) = log()
    assert "prediction" not in json.dumps(line)


def test_without_a_key_no_actual_is_taken(log: Log) -> None:
    content = {"prediction": {"id": handler({"sentence": SENTENCE}, CONTEXT)["prediction_id"]}, "actual": "acceptable"}

    assert handler(content, CONTEXT)["statusCode"] == 400
