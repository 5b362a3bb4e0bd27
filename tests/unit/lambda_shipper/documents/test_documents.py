"""What a document holds: the logged object, its origin, what is derived, and no more text than may be stored."""

import hashlib
import json
from typing import Any

import pytest

from contracts import labels
from contracts.text_terms import make_shape
from lambda_shipper.config import Config
from lambda_shipper.documents.building import Documents
from lambda_shipper.documents.chunks import Chunk
from lambda_shipper.documents.origin import without_values
from lambda_shipper.domain.indices import Indices
from lambda_shipper.reading.decoding import LogBatch
from tests.shipping import NOON, log_events
from tests.written import written

SECRET = "Ada lives in 12 Hill Road."
LINE = json.dumps({"text": SECRET, "prediction": {"label": "acceptable", "score": 0.9}})
SHA = "sha256:" + hashlib.sha256(SECRET.encode()).hexdigest()


def made(*lines: str, **settings: Any) -> list[tuple[dict, dict, bool]]:
    """Each document's action target, the document, and whether it is kept raw."""
    return [(each.target, each.document, each.is_raw) for each in written(lines, **settings)]


def test_document_is_the_logged_object_plus_where_it_came_from() -> None:
    [(target, document, is_raw)] = made(LINE)

    assert target == {"_index": "cwl-2026.11.22", "_id": f"{0:056d}"}
    assert not is_raw
    assert document == {
        "text": SECRET,
        "prediction": {"label": "acceptable", "score": 0.9},
        "@id": f"{0:056d}",
        "@timestamp": "2026-11-22T12:00:00.000Z",
        "@message": LINE,
        "@owner": "123456789012",
        "@log_group": "/aws/lambda/inference",
        "@log_stream": "2026/11/22/[$LATEST]1",
        "shipper": {"text_characters": 26, "text_words": 6},
    }


def test_ordinary_line_becomes_the_same_document_as_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    line = '{"text": "a b", "prediction": {"label": "x", "score": 0.5}, "model": {"name": "m"}, "latency_ms": 1.5}'
    batch = LogBatch('an "owner"', "/aws/ü", "back\\slash [$LATEST]", log_events([line]))  # type: ignore[arg-type]
    made = []

    for known in set(), {"x"}:  # a label is known when it was met once
        monkeypatch.setattr(labels, "known", known)
        Documents(batch, Config(opensearch_url="http://127.0.0.1:9"), Indices()).write(chunk := Chunk(), fail, fail)
        head, document = chunk.body.splitlines()
        made.append((json.loads(head), json.loads(document)))

    assert made[0] == made[1]
    assert made[0][1]["@log_stream"] == batch.log_stream


def fail(*_: object) -> None:
    raise AssertionError("one short line fits, and needs no fields")


def test_bare_model_is_its_name() -> None:
    [(_, document, _)] = made('{"prediction": 1, "model": "churn-v3"}')

    assert document["model"] == {"name": "churn-v3"}


def test_index_and_timestamp_are_the_event_s_own_across_midnight_and_out_of_order() -> None:
    midnight = NOON + 12 * 3_600_000

    parts = made(LINE, LINE, LINE, at=midnight + 1, step_ms=-1)

    assert [(target["_index"], document["@timestamp"]) for target, document, _ in parts] == [
        ("cwl-2026.11.23", "2026-11-23T00:00:00.001Z"),
        ("cwl-2026.11.23", "2026-11-23T00:00:00.000Z"),
        ("cwl-2026.11.22", "2026-11-22T23:59:59.999Z"),
    ]


@pytest.mark.parametrize(
    ("at", "stamp"), [(0, "1970-01-01T00:00:00.000Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z")]
)
def test_first_and_last_moment_that_a_batch_may_hold(at: int, stamp: str) -> None:
    [(_, document, _)] = made(LINE, at=at)

    assert document["@timestamp"] == stamp


def test_user_s_keys_give_way_to_the_shipper_s() -> None:
    [(target, document, _)] = made('{"prediction": 1, "@id": "mine", "shipper": 5, "@message": "x"}')

    assert document["@id"] == target["_id"]
    assert document["shipper"] == {}
    assert '"mine"' in document["@message"]


@pytest.mark.parametrize(
    ("text", "indexed"),
    [
        (5, 5),
        (None, None),
        (["a"], ["a"]),
        ({"a": 1}, '{"a":1}'),
        ([{"role": "user", "content": "hi"}], '[{"role":"user","content":"hi"}]'),
    ],
)
def test_text_that_is_an_object_becomes_its_json_and_any_other_stays(text: Any, indexed: Any) -> None:
    [(_, document, _)] = made(json.dumps({"text": text, "prediction": 1}))

    assert document["text"] == indexed


def test_hash_hides_text_and_message_and_keeps_what_was_derived() -> None:
    [(_, document, _)] = made(LINE, store_text="hash")

    assert document["text"] == SHA
    assert document["@message"] == "sha256:" + hashlib.sha256(LINE.encode()).hexdigest()
    assert document["shipper"] == {"text_characters": 26, "text_words": 6, "text_terms": ["(digits)", "(word bin 94)"]}


def test_none_leaves_text_and_message_out() -> None:
    [(_, document, _)] = made(LINE, store_text="none")

    assert not {"text", "@message"} & document.keys()
    assert document["shipper"] == {"text_characters": 26, "text_words": 6, "text_terms": ["(digits)", "(word bin 94)"]}


@pytest.mark.parametrize("store_text", ["hash", "none"])
@pytest.mark.parametrize(
    "line",
    [
        LINE,
        LINE[:-1],
        f"[INFO] {LINE}",
        json.dumps({"level": "INFO", "message": LINE}),
        json.dumps({"text": {"nested": SECRET}, "prediction": 1}),
        json.dumps({"text": [SECRET], "prediction": 1, "@message": SECRET}),
        f'{{"t\\u0065xt": "{SECRET}", "prediction": 1}}',
        '{{"text": "{}", "prediction": {}1{}}}'.format(SECRET, "[" * 500, "]" * 500),
        json.dumps({"text": SECRET * 100, "prediction": 1}),
    ],
    ids=range(9),
)
def test_nothing_of_the_text_leaves_under_hash_or_none(line: str, store_text: str) -> None:
    [(_, document, _)] = made(line, store_text=store_text, chunk_bytes=2000)

    assert "Hill Road" not in json.dumps(document)


def test_text_that_the_model_hashed_stays_that_hash_and_is_not_measured() -> None:
    [(_, document, _)] = made(json.dumps({"text": SHA, "prediction": 1}), store_text="hash")

    assert document["text"] == SHA
    assert document["shipper"] == {}


def test_line_that_cannot_be_read_is_kept_raw_with_the_reason() -> None:
    [(target, document, is_raw)] = made(LINE[:-1])

    assert is_raw
    assert target == {"_index": "raw-2026.11.22", "_id": f"{0:056d}"}
    assert document["@message"] == LINE[:-1]
    assert document["shipper"]["kept_raw"]["reason"] == "broken_json"
    assert not {"text", "prediction"} & document.keys()


def test_object_nested_too_deep_to_write_is_kept_raw() -> None:
    [(_, document, is_raw)] = made('{"prediction": ' + "[" * 500 + "]" * 500 + "}")

    assert is_raw
    assert document["shipper"]["kept_raw"]["reason"] == "too_deep"


@pytest.mark.parametrize("filler", ["x", "é", "🙂", '"', "\x00"])
def test_line_too_large_for_a_request_is_kept_raw_and_cut_to_fit(filler: str) -> None:
    line = json.dumps({"text": filler * 3000, "prediction": 1}, ensure_ascii=False)

    [each] = written([line], chunk_bytes=2048)

    assert each.is_raw
    assert each.bytes <= 2048
    assert each.document["shipper"]["truncated"] is True
    assert each.document["shipper"]["kept_raw"]["reason"] == "too_large"
    assert len(each.document["@message"]) > 50
    assert line.startswith(each.document["@message"])


@pytest.mark.parametrize(
    ("detail", "kept"),
    [
        (
            "mapper_parsing_exception: failed to parse field [prediction.score] of [secret]",
            "mapper_parsing_exception [prediction.score]",
        ),
        ("illegal_argument_exception: the secret", "illegal_argument_exception"),
        ("no colon", "no colon"),
    ],
)
def test_error_s_detail_can_be_had_without_values(detail: str, kept: str) -> None:
    assert without_values(detail) == kept


@pytest.mark.parametrize("hidden", [{}, {"text": "sha256:" + "0" * 64}])
@pytest.mark.parametrize("store_text", ["full", "hash", "none"])
def test_of_a_text_that_the_function_hid_its_logged_shape_is_kept(hidden: dict[str, str], store_text: str) -> None:
    shape = make_shape("The cat sat on 2 mats of ours")
    logged = {"prediction": {"label": "spam", "score": 0.9}, "text_shape": shape, **hidden}

    [(_, document, _)] = made(json.dumps(logged), store_text=store_text)

    assert document["shipper"] == {"text_characters": 29, "text_words": 8, "text_terms": shape["terms"]}
    assert "text_shape" not in document
