"""What people edited in Dashboards, told from what an import wrote."""

import json
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from dashboards.importer.edits import MARK, Key, edited, to_import
from dashboards.importer.saved_objects import SavedObject
from tests.unit.dashboards.conftest import OBJECTS

CHART, PATTERN = ("visualization", "label-share"), ("index-pattern", "cwl")


def imported(objects: list[SavedObject] = OBJECTS) -> dict[Key, dict[str, Any]]:
    """Return what Dashboards has after an import of these objects."""
    sent = [to_import(each, {}) for each in objects]
    return {each.key: {**deepcopy(each.body), "updated_at": "2026-01-01T00:00:00Z"} for each in sent}


def saved_by_a_person(live: dict[Key, dict[str, Any]], key: Key, at: str = "2026-01-02T00:00:00Z") -> None:
    """Save another description, as the pages of Dashboards do: without a mark."""
    body = {name: value for name, value in live[key].items() if name != MARK}
    live[key] = {**body, "updated_at": at, "attributes": {**body["attributes"], "description": "Mine"}}


def next_files() -> list[SavedObject]:
    """Return the files of a newer version, in which every object has another title."""
    return [
        replace(each, body={**each.body, "attributes": {**each.body["attributes"], "title": f"New {each.title}"}})
        for each in OBJECTS
    ]


def keys(objects: list[SavedObject]) -> list[Key]:
    return [each.key for each in objects]


def test_after_an_import_nothing_is_edited_although_the_files_changed() -> None:
    assert edited(next_files(), imported()) == []


def test_what_a_person_saved_is_edited() -> None:
    live = imported()
    saved_by_a_person(live, CHART)

    assert keys(edited(next_files(), live)) == [CHART]


def test_what_was_changed_by_another_program_is_edited_although_its_mark_stays() -> None:
    live = imported()
    live[CHART]["attributes"]["title"] = "Mine"

    assert keys(edited(OBJECTS, live)) == [CHART]


@pytest.mark.parametrize("which", [OBJECTS, [each for each in OBJECTS if each.key == CHART]], ids=["all", "one"])
def test_nothing_is_missed_where_every_object_was_edited_or_there_is_but_one(which: list[SavedObject]) -> None:
    live = imported(which)
    for number, each in enumerate(which):
        live[each.key]["attributes"]["title"] = f"Mine {number}"

    assert edited(which, live) == which


def test_an_edit_that_was_kept_once_is_kept_the_next_time_and_the_others_are_replaced() -> None:
    before = imported()
    saved_by_a_person(before, CHART)
    live = imported(next_files()) | {CHART: before[CHART]}

    assert keys(edited(OBJECTS, live)) == [CHART]


def test_an_edit_that_the_files_have_by_now_is_none() -> None:
    live = imported()
    saved_by_a_person(live, CHART)
    files = [each if each.key != CHART else replace(each, body=live[CHART]) for each in OBJECTS]

    assert edited(files, live) == []


def test_a_refreshed_field_list_is_no_edit_and_its_fields_stay() -> None:
    live = imported()
    fields = json.loads(live[PATTERN]["attributes"]["fields"])
    own = {"name": "customer", "type": "string", "searchable": True, "aggregatable": True}
    live[PATTERN]["attributes"]["fields"] = json.dumps([*fields[1:], own])
    (pattern,) = [each for each in OBJECTS if each.key == PATTERN]

    sent = json.loads(to_import(pattern, live).body["attributes"]["fields"])

    assert edited(next_files(), live) == []
    assert sent == [*json.loads(pattern.body["attributes"]["fields"]), own]


@pytest.mark.parametrize("text", ["{", "[]", "3", "null"])
def test_json_that_a_person_broke_is_an_edit_and_stops_nothing(text: str) -> None:
    live = imported()
    live[CHART]["attributes"]["visState"] = text
    live[PATTERN]["attributes"]["fields"] = text

    assert CHART in keys(edited(OBJECTS, live))
    assert [to_import(each, live).key for each in OBJECTS] == keys(OBJECTS)


def test_after_an_import_from_before_there_were_marks_what_is_newer_is_edited() -> None:
    live = {key: {name: value for name, value in each.items() if name != MARK} for key, each in imported().items()}
    saved_by_a_person(live, CHART)

    assert keys(edited(next_files(), live)) == [CHART]


def test_what_dashboards_does_not_have_is_not_edited() -> None:
    assert edited(OBJECTS, {}) == []
