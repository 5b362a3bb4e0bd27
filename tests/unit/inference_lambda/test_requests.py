"""Requests in each form in which AWS delivers them, and refusals with their reasons."""

import base64
import json
from typing import Any

import pytest

from inference_lambda.config import Config
from inference_lambda.requests import BadRequestError, Request, read_request, reply

LIMITS = {"max_sentences": 3, "max_characters": 40}
DEFAULTS = {"max_sentences": Config().max_sentences, "max_characters": Config().max_characters}
LAMBDA_REPLY_BYTES = 6_291_556
BODY = json.dumps({"sentence": "Es grünt 🌱."})
HTTP_FORMS = {
    "the tutorial's test event": {"resource": "/", "body": BODY},
    "REST API": {"resource": "/predict", "httpMethod": "POST", "requestContext": {"stage": "v1"}, "body": BODY},
    "HTTP API": {"version": "2.0", "routeKey": "POST /", "requestContext": {"http": {}}, "body": BODY},
    "function URL": {"version": "2.0", "requestContext": {}, "body": BODY, "isBase64Encoded": False},
    "base64 body": {
        "version": "2.0",
        "requestContext": {},
        "body": base64.b64encode(BODY.encode()).decode(),
        "isBase64Encoded": True,
    },
}


@pytest.mark.parametrize("event", HTTP_FORMS.values(), ids=HTTP_FORMS)
def test_sentence_is_read_from_each_http_form(event: dict[str, Any]) -> None:
    assert read_request(event, **LIMITS) == Request(["Es grünt 🌱."], is_batch=False)


@pytest.mark.parametrize(
    ("event", "sentences", "is_batch"),
    [
        ({"sentence": "One."}, ["One."], False),
        ({"sentence": ["One.", "Two."]}, ["One.", "Two."], True),
        ({"sentences": ["One."]}, ["One."], True),
        (["One.", "Two."], ["One.", "Two."], True),
        ({"body": '["One.", "Two."]'}, ["One.", "Two."], True),
    ],
)
def test_list_is_a_batch_even_with_one_sentence(event: Any, sentences: list[str], is_batch: bool) -> None:
    assert read_request(event, **LIMITS) == Request(sentences, is_batch)


def test_half_a_surrogate_pair_becomes_the_replacement_character() -> None:
    event = {"body": '{"sentence": "broken \\ud83d, whole \\ud83d\\ude00"}'}

    assert read_request(event, **LIMITS).sentences == ["broken \N{REPLACEMENT CHARACTER}, whole 😀"]


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ({}, "there is no sentence"),
        (None, "the sentence is null, not text"),
        ({"text": "One."}, "there is no sentence"),
        ({"sentence": 7}, "the sentence is a number, not text"),
        ({"sentence": True}, "the sentence is a boolean, not text"),
        ({"sentence": {"a": 1}}, "the sentence is an object, not text"),
        ({"sentence": " \n"}, "the sentence is empty"),
        ({"sentence": "x" * 41}, "has 41 characters; the limit is 40"),
        ({"sentence": []}, "the list of sentences is empty"),
        ({"sentence": ["a"] * 4}, "4 sentences are too many; send at most 3"),
        ({"sentence": ["a", None]}, "sentence 1 is null, not text"),
        ({"sentence": ["a", ["b"]]}, "sentence 1 is a list, not text"),
        ({"requestContext": {"http": {"method": "GET"}}}, "the request has no body"),
        ({"body": ""}, "the request has no body"),
        ({"body": "sentence=One."}, "the body is not JSON"),
        ({"body": "[" * 100_000}, "the body is not JSON"),
        ({"body": "%%%", "isBase64Encoded": True}, "the body is not base64"),
        ({"body": "/w==", "isBase64Encoded": True}, "the body is not base64 of UTF-8"),
        ({"body": "é", "isBase64Encoded": True}, "the body is not base64"),
    ],
)
def test_bad_request_is_refused_with_its_reason(event: Any, reason: str) -> None:
    with pytest.raises(BadRequestError) as caught:
        read_request(event, **LIMITS)

    assert reason in str(caught.value)


def test_answer_has_the_form_of_the_request() -> None:
    answer = {"prediction": {"label": "acceptable", "score": 0.9}}

    assert reply({"sentence": "One."}, 200, answer) == answer
    assert reply({"body": BODY}, 200, answer) == {
        "statusCode": 200,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps(answer),
    }


@pytest.mark.parametrize(
    ("character", "most"), [("a", 100), ("字", 83), ("😀", 62), ('"', 62), ("\\", 62), ("\x01", 35)], ids=ascii
)
def test_reply_to_the_longest_list_that_is_read_is_one_that_lambda_takes(character: str, most: int) -> None:
    event = {"body": json.dumps([character * DEFAULTS["max_characters"]] * most)}
    record = {"prediction": {"label": "l" * 100, "score": 0.9999}, "model": {"name": "n" * 100}, "truncated": True}

    sentences = read_request(event, **DEFAULTS).sentences
    answer = reply(event, 200, [{"text": each, **record} for each in sentences])

    assert len(json.dumps(answer, ensure_ascii=False).encode()) < LAMBDA_REPLY_BYTES


def test_list_whose_reply_would_be_too_large_is_refused_before_anything_is_predicted() -> None:
    event = {"body": json.dumps(["字" * DEFAULTS["max_characters"]] * 84)}

    with pytest.raises(
        BadRequestError, match=r"would take 5,040,\d+ bytes of the reply, and the limit is 5,000,000; send fewer"
    ):
        read_request(event, **DEFAULTS)
