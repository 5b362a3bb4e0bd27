"""What the domain refuses: documents that it takes in another form or in none, and requests that it denies."""

import pytest

from lambda_shipper.documents.rawforms import ADVICE
from tests.shipping import Memory, Reply, Request, Wire, delivered, item_error, prediction, predictions


def test_refused_document_alone_is_kept_raw_with_the_reason(domain: Wire, memory: Memory) -> None:
    reason = "no field is named. Preview of field's value: 'x'"
    memory.refuse = lambda document: (
        item_error(400, "mapper_parsing_exception", reason) if document.get("text") == "Sentence number 3." else None
    )

    outcome = delivered(domain, predictions(5))

    assert (outcome.indexed, outcome.kept_raw, outcome.failed) == (4, 1, 0)
    raw = memory.by_id[f"{3:056d}"]
    assert raw["@message"] == prediction(3)
    assert "text" not in raw
    assert raw["shipper"]["kept_raw"] == {
        "reason": "mapping_conflict",
        "detail": "mapper_parsing_exception: no field is named",
        "advice": ADVICE["mapping_conflict"],
    }


CONFLICT = "failed to parse field [{}] of type [double] in document with id '1'"
KEYS = {"took": "3 ms", "customer": {"age": "old", "country": "NO"}, "a.b": 1, "list": [{"x": 1}, {"y": 2}]}


@pytest.mark.parametrize(
    ("field", "rest"),
    [
        ("took", {"customer": {"age": "old", "country": "NO"}, "a.b": 1, "list": [{"x": 1}, {"y": 2}]}),
        ("customer.age", {"took": "3 ms", "customer": {"country": "NO"}, "a.b": 1, "list": [{"x": 1}, {"y": 2}]}),
        ("a.b", {"took": "3 ms", "customer": {"age": "old", "country": "NO"}, "list": [{"x": 1}, {"y": 2}]}),
        ("list.x", {**KEYS, "list": [{}, {"y": 2}]}),
    ],
)
def test_key_that_the_index_refuses_is_left_out_and_named(
    domain: Wire, memory: Memory, field: str, rest: dict[str, object]
) -> None:
    memory.refuse = lambda document: (
        None
        if document["shipper"].get("left_out")
        else item_error(400, "mapper_parsing_exception", CONFLICT.format(field))
    )

    outcome = delivered(domain, [prediction(1, **KEYS)])

    assert (outcome.indexed, outcome.kept_raw, outcome.totals()["left_out"]) == (1, 0, 1)
    [document] = memory.by_id.values()
    assert {key: document[key] for key in KEYS if key in document} == rest
    assert document["shipper"]["left_out"] == [field]
    assert document["shipper"]["left_out_reasons"] == ["mapping_conflict"]
    assert document["text"] == "Sentence number 1."


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("Limit of total fields [4000] has been exceeded", "too_many_fields"),
        ("failed to parse (The depth of the field has exceeded the allowed limit of [20].)", "too_deep"),
        ("failed to parse (something new)", "mapping_conflict"),
    ],
)
def test_without_a_named_field_all_keys_but_our_own_are_left_out(
    domain: Wire, memory: Memory, words: str, reason: str
) -> None:
    memory.refuse = lambda document: (
        item_error(400, "illegal_argument_exception", words) if KEYS.keys() & document.keys() else None
    )

    outcome = delivered(domain, [prediction(1, **KEYS)])

    assert (outcome.indexed, outcome.kept_raw) == (1, 0)
    [document] = memory.by_id.values()
    assert document["shipper"]["left_out"] == list(KEYS)
    assert document["shipper"]["left_out_reasons"] == [reason]
    assert document["prediction"] == {"label": "acceptable", "score": 0.75}


def test_document_with_many_refused_keys_loses_each_of_them_and_no_other(domain: Wire, memory: Memory) -> None:
    keys = {f"key {number}": number for number in range(8)}
    bad = [f"key {number}" for number in range(0, 8, 2)]
    memory.refuse = lambda document: next(
        (item_error(400, "mapper_parsing_exception", CONFLICT.format(key)) for key in bad if key in document), None
    )

    outcome = delivered(domain, [prediction(1, **keys), prediction(2)])

    assert (outcome.indexed, outcome.kept_raw, outcome.requests) == (2, 0, 5)
    document = memory.by_id[f"{0:056d}"]
    assert document["shipper"]["left_out"] == bad
    assert [key for key in keys if key in document] == [key for key in keys if key not in bad]


def test_prediction_of_which_nothing_is_left_is_kept_raw_with_the_true_reason(domain: Wire, memory: Memory) -> None:
    error = item_error(400, "mapper_parsing_exception", CONFLICT.format("prediction.label"))
    memory.refuse = lambda document: error if (document.get("prediction") or {}).get("label") else None

    outcome = delivered(domain, ['{"prediction": {"label": "a"}, "x": 1}'])

    assert (outcome.indexed, outcome.kept_raw) == (0, 1)
    [raw] = memory.by_id.values()
    assert raw["shipper"]["kept_raw"]["reason"] == "mapping_conflict"
    assert raw["@message"] == '{"prediction": {"label": "a"}, "x": 1}'


@pytest.mark.parametrize("logged", ["throttled", "blocked by", "rejected execution", "maximum shards open"])
def test_refusal_that_quotes_what_was_logged_is_still_a_refusal(domain: Wire, memory: Memory, logged: str) -> None:
    reason = f"failed to parse field [took] of type [double]. Preview of field's value: '{logged}'"
    error = item_error(400, "mapper_parsing_exception", reason)
    error["error"]["caused_by"] = {"type": "number_format_exception", "reason": f'For input string: "{logged}"'}
    memory.refuse = lambda document: error if "took" in document else None

    outcome = delivered(domain, [prediction(1, took=logged)], seconds=0.5)

    assert (outcome.indexed, outcome.failed, outcome.retries) == (1, 0, 0)


def test_document_refused_in_every_form_is_rejected_and_its_neighbours_indexed(domain: Wire, memory: Memory) -> None:
    memory.refuse = lambda document: (
        item_error(400, "mapper_parsing_exception") if document["@id"] == f"{2:056d}" else None
    )

    outcome = delivered(domain, predictions(5))

    assert (outcome.indexed, outcome.kept_raw, outcome.failed) == (4, 0, 1)
    [(action, item)] = outcome.rejected
    assert action.event["message"] == prediction(2)
    assert b"kept_raw" in action.lines and b"@message" in action.lines
    assert item.reason == "mapping_conflict"


@pytest.mark.parametrize("status", [400, 413])
def test_request_refused_as_a_whole_is_halved_until_the_culprit_stands_alone(
    domain: Wire, memory: Memory, status: int
) -> None:
    error = b'{"error": {"type": "action_request_validation_exception", "reason": "id too long"}, "status": 400}'

    def refuse(request: Request) -> Reply:
        guilty = any(document.get("text") == "Sentence number 5." for _, document in request.pairs)
        return Reply(status, error) if guilty else memory(request)

    domain.answer = refuse

    outcome = delivered(domain, predictions(32))

    assert (outcome.indexed, outcome.kept_raw, outcome.failed) == (31, 1, 0)
    assert len(memory.documents) == 32
    assert outcome.requests < 16


@pytest.mark.parametrize(
    "reply",
    [
        Reply(401, b"Unauthorized", "text/plain"),
        Reply(403, b'{"error": {"type": "security_exception", "reason": "no permissions for [bulk]"}}'),
        Reply(403, b'{"Message":"The security token included in the request is invalid."}'),
        Reply(404, b'{"error": {"type": "index_not_found_exception", "reason": ""}}'),
        Reply(400, b'{"error": "no handler found for uri [/_bulk]"}'),
        Reply(400, b"<html>nonsense</html>", "text/html"),
        Reply(302, b"", "text/html"),
    ],
    ids=lambda reply: f"{reply.status} {reply.body[:30]!r}",
)
def test_denied_request_fails_at_once_and_blames_no_document(domain: Wire, reply: Reply) -> None:
    domain.answer = lambda request: reply

    outcome = delivered(domain, predictions(3))

    assert (outcome.indexed, outcome.kept_raw, outcome.failed) == (0, 0, 3)
    assert outcome.rejected == []
    assert outcome.requests == 1


def test_denied_item_fails_and_its_neighbours_are_indexed(domain: Wire, memory: Memory) -> None:
    memory.refuse = lambda document: (
        item_error(403, "security_exception", "no permissions") if document["@id"] == f"{2:056d}" else None
    )

    outcome = delivered(domain, predictions(5))

    assert (outcome.indexed, outcome.failed, outcome.rejected) == (4, 1, [])
