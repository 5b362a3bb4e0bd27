"""What the domain refuses: documents that it takes in another form or in none, and requests that it denies."""

import pytest

from tests.shipping import Memory, Reply, Request, Wire, delivered, item_error, prediction, predictions


def test_refused_document_alone_is_kept_raw_with_the_reason(domain: Wire, memory: Memory) -> None:
    reason = "failed to parse field [prediction.score]. Preview of field's value: 'x'"
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
        "detail": "mapper_parsing_exception: failed to parse field [prediction.score]",
    }


@pytest.mark.parametrize("logged", ["throttled", "blocked by", "rejected execution", "maximum shards open"])
def test_refusal_that_quotes_what_was_logged_is_still_a_refusal(domain: Wire, memory: Memory, logged: str) -> None:
    reason = f"failed to parse field [took] of type [double]. Preview of field's value: '{logged}'"
    error = item_error(400, "mapper_parsing_exception", reason)
    error["error"]["caused_by"] = {"type": "number_format_exception", "reason": f'For input string: "{logged}"'}
    memory.refuse = lambda document: error if "took" in document else None

    outcome = delivered(domain, [prediction(1, took=logged)], seconds=0.5)

    assert (outcome.kept_raw, outcome.failed, outcome.retries) == (1, 0, 0)


def test_document_refused_in_every_form_is_rejected_and_its_neighbours_indexed(domain: Wire, memory: Memory) -> None:
    memory.refuse = lambda document: (
        item_error(400, "mapper_parsing_exception") if document["@id"] == f"{2:056d}" else None
    )

    outcome = delivered(domain, predictions(5))

    assert (outcome.indexed, outcome.kept_raw, outcome.failed) == (4, 0, 1)
    [((event, lines, _), item)] = outcome.rejected
    assert event["message"] == prediction(2)
    assert b"kept_raw" in lines and b"@message" in lines
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
