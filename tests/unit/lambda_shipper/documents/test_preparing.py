"""What a prediction's document holds that is not just what was logged: failures, identities, several in one event."""

import json
from typing import Any

import pytest

from tests.written import written

SECRET = "Ada lives in 12 Hill Road."
LINE = json.dumps({"text": SECRET, "prediction": {"label": "acceptable", "score": 0.9}})


def made(*lines: str) -> list[tuple[dict, dict, bool]]:
    """Each document's action target, the document, and whether it is kept raw."""
    return [(each.target, each.document, each.is_raw) for each in written(lines)]


@pytest.mark.parametrize(
    ("logged", "indexed"),
    [
        ("out of memory", {"message": "out of memory"}),
        ({"type": "OSError"}, {"type": "OSError"}),
        (404, {"message": "404"}),
        (["a", 1], {"message": '["a",1]'}),
    ],
)
def test_null_prediction_with_an_error_is_a_failed_one(logged: Any, indexed: Any) -> None:
    [each] = written([json.dumps({"prediction": None, "error": logged, "text": SECRET})])

    assert not each.is_raw
    assert each.document["error"] == indexed
    assert each.document["prediction"] is None
    assert each.document["shipper"] == {"text_characters": 26, "text_words": 6, "failed": True}
    assert each.traits == ("failed_predictions",)


@pytest.mark.parametrize("key", ["status", "statusCode", "status_code"])
def test_text_beside_an_error_s_status_is_no_label(key: str) -> None:
    [bad, good] = written(json.dumps({"prediction": "needs valid JSON", key: status}) for status in (400, 200))

    assert bad.document["shipper"]["failed"]
    assert bad.document["error"] == {"message": "needs valid JSON"}
    assert good.document["prediction"] == {"label": "needs valid JSON"}


@pytest.mark.parametrize("line", [{"prediction": {"label": "a"}, "error": "slow"}, {"prediction": None}])
def test_prediction_with_a_label_or_without_an_error_has_not_failed(line: dict[str, Any]) -> None:
    [(_, document, is_raw)] = made(json.dumps(line))

    assert not is_raw
    assert "failed" not in document["shipper"]


@pytest.mark.parametrize(
    ("line", "identity"),
    [
        ({"prediction": {"label": "a"}, "prediction_id": "p-1"}, "p-1"),
        ({"prediction": {"label": "a", "id": "p-1"}}, "p-1"),
        ({"prediction": {"label": "a", "id": "inner"}, "prediction_id": "outer"}, "outer"),
        ({"prediction": 0.5, "prediction_id": 7}, "7"),
        ({"prediction": {"label": "a"}, "prediction_id": "x" * 1000}, None),
    ],
)
def test_identity_is_the_logged_one(line: dict[str, Any], identity: str | None) -> None:
    first, second = (made(json.dumps(line))[0][1]["prediction_id"] for _ in range(2))

    assert first == second
    assert first == identity or (identity is None and len(first) <= 256)


def test_several_predictions_of_an_event_are_documents_of_their_own_with_stable_ids() -> None:
    lines = [LINE, LINE * 3, json.dumps([{"prediction": 1}, {"prediction": [[1, 2], [3, 4]]}, {"prediction": 3}])]

    parts = made(*lines)

    ids = ["0", "1", "1-2", "1-3", "2", "2-2", "2-3"]
    assert [target["_id"].lstrip("0") or "0" for target, _, _ in parts] == ids
    assert [document["@id"] for _, document, _ in parts] == [f"{number:056d}" for number in (0, 1, 1, 1, 2, 2, 2)]
    assert [is_raw for _, _, is_raw in parts] == [False] * 5 + [True, False]
    assert {document["@message"] for _, document, _ in parts[1:4]} == {lines[1]}


def test_large_event_is_not_repeated_in_each_of_its_predictions() -> None:
    line = json.dumps([{"text": f"Sentence {number}.", "prediction": {"label": "a"}} for number in range(5000)])

    parts = made(line)

    assert len(parts) == 5000
    assert parts[0][1]["@message"] == line
    assert json.loads(parts[7][1]["@message"]) == {"text": "Sentence 7.", "prediction": {"label": "a"}}
    assert sum(len(document["@message"]) for _, document, _ in parts) < 3 * len(line)


@pytest.mark.parametrize(("labels", "count"), [([], 0), (["a"], 1), (["a", "b"], 2)])
def test_labels_of_a_list_are_counted_so_that_none_is_an_answer(labels: list[str], count: int) -> None:
    [made] = written([json.dumps({"prediction": [{"label": label} for label in labels]})])

    assert made.document["prediction"]["labels"] == labels
    assert made.document["shipper"]["labels"] == count
