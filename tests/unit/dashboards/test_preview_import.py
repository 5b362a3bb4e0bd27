"""The preview's answers to an import: those of Dashboards 2.11, with its odd cases."""

import json
import re
from pathlib import Path

import pytest

from dashboards.preview.api import with_references
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


@pytest.mark.parametrize(
    "separator", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\r", "\r\n", "\n"]
)
def test_a_title_with_a_line_separator_is_kept_across_a_restart(store: Store, tmp_path: Path, separator: str) -> None:
    title = f"one{separator}two"
    text = json.dumps({**PATTERN, "attributes": {"title": title}}, ensure_ascii=False)

    import_ndjson(store, f"{text}\n", overwrite=True)

    (kept,) = Store(tmp_path).all()
    assert kept["attributes"]["title"] == title


def exported(store: Store, *ids: str) -> list[str]:
    """The ids of an export with all references, in its order."""
    chosen = [found for id_ in ids if (found := store.get("visualization", id_))]
    return [each["id"] for each in with_references(store, chosen)]


def referring(id_: str, *others: str) -> dict:
    references = [{"name": name, "type": "visualization", "id": name} for name in others]
    return {"type": "visualization", "id": id_, "attributes": {"title": id_}, "references": references}


@pytest.mark.parametrize(
    ("objects", "circle"),
    [
        ([referring("a", "b"), referring("b", "a")], {"ab", "ba"}),
        ([referring("a", "a")], {"a"}),
        ([referring("a", "b"), referring("b", "c"), referring("c", "d"), referring("d", "b")], {"bcd", "cdb", "dbc"}),
    ],
)
def test_objects_that_refer_to_each_other_are_not_exported_and_named(
    store: Store, objects: list[dict], circle: set[str]
) -> None:
    store.put(objects)

    with pytest.raises(RefusedError) as raised:
        exported(store, "a")

    assert raised.value.status == 400
    message = str(raised.value)
    named = re.findall(r"\[visualization:(\w)\]", message)
    assert message.startswith("circular reference: [")
    assert "".join(named[:-1]) in circle
    assert named[-1] == named[0]


def test_a_long_chain_of_references_is_exported_each_after_what_it_refers_to(store: Store) -> None:
    store.put([referring("0"), *(referring(str(number), str(number - 1)) for number in range(1, 3000))])

    assert exported(store, "2999") == [str(number) for number in range(3000)]


def test_what_several_objects_refer_to_is_exported_once_and_what_is_missing_is_left_out(store: Store) -> None:
    store.put([referring("a", "c", "gone"), referring("b", "c"), referring("c")])

    ids = exported(store, "a", "b")

    assert sorted(ids) == ["a", "b", "c"]
    assert ids[0] == "c"


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
