"""The canonical form of a saved object."""

import difflib
import json
from copy import deepcopy

from dashboards.importer.canonical import WIDTH, canonical, to_text
from dashboards.importer.saved_objects import load, parse, to_ndjson

EDITED = {
    "id": "d",
    "type": "dashboard",
    "updated_at": "2026-01-01T00:00:00Z",
    "version": "WzEsMV0=",
    "namespaces": ["default"],
    "migrationVersion": {"dashboard": "7.9.3"},
    "attributes": {
        "title": "D",
        "optionsJSON": '{"useMargins": true, "hidePanelTitles": false}',
        "panelsJSON": json.dumps(
            [
                {"version": "2.19.1", "gridData": {"x": 0, "y": 9}, "panelIndex": "b", "panelRefName": "panel_0"},
                {"version": "2.19.1", "gridData": {"x": 0, "y": 0}, "panelIndex": "a", "panelRefName": "panel_1"},
            ]
        ),
    },
    "references": [
        {"name": "panel_0", "type": "visualization", "id": "lower"},
        {"name": "panel_1", "type": "visualization", "id": "upper"},
    ],
}


def test_what_dashboards_adds_by_itself_is_left_out() -> None:
    assert set(canonical(EDITED)) == {"attributes", "id", "migrationVersion", "references", "type"}


def test_panels_come_in_reading_order_and_keep_what_they_show() -> None:
    written = canonical(EDITED)

    panels = written["attributes"]["panelsJSON"]
    shows = {each["name"]: each["id"] for each in written["references"]}
    assert [(each["panelIndex"], shows[each["panelRefName"]]) for each in panels] == [("a", "upper"), ("b", "lower")]


def test_writing_twice_changes_nothing() -> None:
    for suffix in (".json", ".ndjson"):
        once = to_text([EDITED], suffix)

        assert to_text([each.body for each in parse(once, "a")], suffix) == once


def test_a_file_gives_dashboards_its_own_form_back() -> None:
    (sent,) = map(json.loads, to_ndjson(parse(to_text([EDITED], ".json"), "a.json")).splitlines())

    assert sent["attributes"]["optionsJSON"] == '{"hidePanelTitles":false,"useMargins":true}'
    assert [each["panelIndex"] for each in json.loads(sent["attributes"]["panelsJSON"])] == ["a", "b"]


def test_a_change_of_one_panel_is_a_diff_of_one_short_line() -> None:
    before = [each.body for each in load()]
    after = deepcopy(before)
    chart = next(each for each in after if each["id"] == "mlops-labels")
    state = json.loads(chart["attributes"]["visState"])
    state["params"]["addLegend"] = not state["params"]["addLegend"]
    chart["attributes"]["visState"] = json.dumps(state)

    changed = _difference(before, after)

    assert [line.split(":")[0].strip(' +-"') for line in changed] == ["addLegend", "addLegend"]
    assert all(len(line) <= WIDTH for line in changed)


def test_a_panel_that_is_added_first_leaves_the_others_as_they_are() -> None:
    before = [each.body for each in load()]
    after = deepcopy(before)
    board = next(each for each in after if each["type"] == "dashboard")
    panels = json.loads(board["attributes"]["panelsJSON"])
    panels.insert(0, {"gridData": {"x": 0, "y": 0}, "panelIndex": "00", "panelRefName": "new"})
    board["attributes"]["panelsJSON"] = json.dumps(panels)
    board["references"].append({"name": "new", "type": "search", "id": "another"})

    changed = _difference(before, after)

    assert len(changed) == 2
    assert '"panelIndex": "00"' in changed[0]
    assert '"id": "another"' in changed[1]


def _difference(before: list[dict], after: list[dict]) -> list[str]:
    lines = difflib.ndiff(*(to_text(each, ".json").splitlines() for each in (before, after)))
    return [line for line in lines if line[0] in "+-"]


def test_the_popularity_of_a_field_is_not_a_change() -> None:
    pattern = {"id": "p", "type": "index-pattern", "attributes": {"fields": '[{"name":"b","count":7},{"name":"a"}]'}}

    assert canonical(pattern)["attributes"]["fields"] == [{"count": 0, "name": "a"}, {"count": 0, "name": "b"}]


def test_the_original_is_not_changed() -> None:
    before = json.dumps(EDITED)

    canonical(EDITED)

    assert json.dumps(EDITED) == before
