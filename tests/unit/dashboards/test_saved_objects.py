"""Reading saved objects: what Dashboards would refuse, or take only in part, is an error before anything is sent."""

import json
from pathlib import Path

import pytest

from dashboards.importer.saved_objects import SavedObjectsError, check_whole, load, parse

PATTERN = {"type": "index-pattern", "id": "p", "attributes": {"title": "p-*"}, "references": []}
SEARCH = {
    "type": "search",
    "id": "s",
    "attributes": {"title": "S"},
    "references": [{"name": "index", "type": "index-pattern", "id": "p"}],
}


def ndjson(*objects: dict) -> str:
    return "".join(json.dumps(each) + "\n" for each in objects)


def test_objects_come_in_the_order_of_the_file_with_their_line() -> None:
    found = parse(ndjson(PATTERN, SEARCH), "a.ndjson")

    assert [(each.key, each.source) for each in found] == [
        (("index-pattern", "p"), "a.ndjson, line 1"),
        (("search", "s"), "a.ndjson, line 2"),
    ]


def test_an_exports_summary_is_not_an_object() -> None:
    assert len(parse(ndjson(PATTERN, {"exportedCount": 1, "missingRefCount": 0}), "a")) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ndjson(PATTERN) + ndjson(SEARCH)[:-20], "a.ndjson, line 2: not a whole JSON object"),
        ("7\n", "line 1: this is not a JSON object"),
        ("[7]\n", "a.ndjson, object 1: this is not a JSON object"),
        (f"[{json.dumps(PATTERN)},", "a.ndjson: not a whole JSON list"),
        (ndjson({**PATTERN, "type": None}), "line 1: a saved object needs 'type'"),
        (ndjson({"type": "search", "id": "s"}), "needs 'attributes'"),
        (ndjson({**PATTERN, "type": "lens"}), "unknown type 'lens'; the known types are index-pattern"),
        (
            ndjson({**PATTERN, "migrationVersion": {"index-pattern": "8.0.0"}}),
            "newer Dashboards .migrationVersion 8.0.0.; 2.11 takes at most 7.6.0",
        ),
    ],
)
def test_a_bad_line_is_named(text: str, message: str) -> None:
    with pytest.raises(SavedObjectsError, match=message):
        parse(text, "a.ndjson")


def test_a_reference_to_a_missing_object_is_named() -> None:
    with pytest.raises(
        SavedObjectsError, match=r"search 's' refers to index-pattern 'p', which is not in any of the files"
    ):
        check_whole(parse(ndjson(SEARCH), "a.ndjson"))


def test_an_object_defined_twice_is_named_with_both_places(tmp_path: Path) -> None:
    (tmp_path / "a.ndjson").write_text(ndjson(PATTERN))
    (tmp_path / "b.ndjson").write_text(ndjson(SEARCH, PATTERN))

    with pytest.raises(SavedObjectsError, match=r"b.ndjson, line 2: .* already defined in a.ndjson, line 1"):
        load(tmp_path)


def test_a_folder_without_files_is_an_error_and_not_an_empty_import(tmp_path: Path) -> None:
    with pytest.raises(SavedObjectsError, match=r"no \*.json or \*.ndjson file"):
        load(tmp_path)
