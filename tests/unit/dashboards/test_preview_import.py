"""The preview's answers to an import: those of Dashboards 2.11, with its odd cases."""

import json
from pathlib import Path

import pytest

from dashboards.preview.importing import RefusedError, import_ndjson
from dashboards.preview.store import Store

PATTERN = {"type": "index-pattern", "id": "p", "attributes": {"title": "p-*"}, "references": []}
SEARCH = {
    "type": "search",
    "id": "s",
    "attributes": {"title": "S"},
    "references": [{"name": "index", "type": "index-pattern", "id": "p"}],
}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def ndjson(*objects: dict) -> str:
    return "".join(json.dumps(each) + "\n" for each in objects)


def test_objects_are_kept_across_a_restart(store: Store, tmp_path: Path) -> None:
    import_ndjson(store, ndjson(PATTERN, SEARCH), overwrite=True)

    assert [each["id"] for each in Store(tmp_path).all()] == ["p", "s"]


def test_a_missing_reference_blocks_the_whole_import_with_status_200(store: Store) -> None:
    answer = import_ndjson(store, ndjson({**PATTERN, "id": "other"}, SEARCH), overwrite=True)

    assert (answer["success"], answer["successCount"]) == (False, 1)
    assert answer["errors"][0]["error"] == {
        "type": "missing_references",
        "references": [{"type": "index-pattern", "id": "p"}],
    }
    assert store.all() == []


def test_a_reference_to_what_is_already_there_is_enough(store: Store) -> None:
    import_ndjson(store, ndjson(PATTERN), overwrite=True)

    assert import_ndjson(store, ndjson(SEARCH), overwrite=True)["success"] is True


def test_without_overwrite_a_conflict_blocks_the_whole_import(store: Store) -> None:
    import_ndjson(store, ndjson(PATTERN), overwrite=True)

    answer = import_ndjson(store, ndjson({**PATTERN, "attributes": {"title": "new"}}, SEARCH), overwrite=False)

    assert (answer["success"], answer["errors"][0]["error"]) == (False, {"type": "conflict"})
    assert [each["attributes"]["title"] for each in store.all()] == ["p-*"]


def test_an_object_of_an_unknown_type_is_left_out_and_the_others_are_written(store: Store) -> None:
    answer = import_ndjson(store, ndjson(PATTERN, {**PATTERN, "type": "lens"}), overwrite=True)

    assert (answer["success"], answer["successCount"]) == (False, 1)
    assert answer["errors"][0]["error"] == {"type": "unsupported_type"}
    assert [each["type"] for each in store.all()] == ["index-pattern"]


def test_a_dashboard_with_an_unknown_attribute_is_refused(store: Store) -> None:
    dashboard = {"type": "dashboard", "id": "d", "attributes": {"title": "D", "colour": "red"}, "references": []}

    answer = import_ndjson(store, ndjson(dashboard), overwrite=True)

    assert "strict" in answer["errors"][0]["error"]["message"]
    assert store.all() == []


@pytest.mark.parametrize(
    ("text", "status", "message"),
    [
        (ndjson(PATTERN)[:-9], 400, "Unexpected"),
        (ndjson(PATTERN, PATTERN), 400, r"Non-unique import objects detected: \[index-pattern:p\]"),
        (ndjson({"id": "p"}), 400, "needs a type and an id"),
        (ndjson({**PATTERN, "migrationVersion": {"index-pattern": "9.0.0"}}), 422, "more recent version"),
        (ndjson({**PATTERN, "type": "query", "migrationVersion": {"query": "7.9.3"}}), 422, "more recent version"),
    ],
)
def test_a_text_that_cannot_be_imported_is_refused(store: Store, text: str, status: int, message: str) -> None:
    with pytest.raises(RefusedError, match=message) as refusal:
        import_ndjson(store, text, overwrite=True)

    assert refusal.value.body["statusCode"] == status
    assert store.all() == []


def test_the_same_url_has_the_same_short_link_after_a_restart(store: Store, tmp_path: Path) -> None:
    short = store.shorten("/app/dashboards#/view/d")

    again = Store(tmp_path)
    assert (again.shorten("/app/dashboards#/view/d"), again.expand(short)) == (short, "/app/dashboards#/view/d")
