"""The canonical form of a saved object."""

import json

from dashboards.canonical import canonical, to_line

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

    panels = json.loads(written["attributes"]["panelsJSON"])
    shows = {each["name"]: each["id"] for each in written["references"]}
    assert [(each["panelIndex"], shows[each["panelRefName"]]) for each in panels] == [("a", "upper"), ("b", "lower")]


def test_writing_twice_changes_nothing() -> None:
    once = to_line(EDITED)

    assert to_line(json.loads(once)) == once


def test_json_inside_json_is_compact_and_in_order() -> None:
    assert canonical(EDITED)["attributes"]["optionsJSON"] == '{"hidePanelTitles":false,"useMargins":true}'


def test_the_popularity_of_a_field_is_not_a_change() -> None:
    pattern = {"id": "p", "type": "index-pattern", "attributes": {"fields": '[{"name":"b","count":7},{"name":"a"}]'}}

    assert canonical(pattern)["attributes"]["fields"] == '[{"count":0,"name":"a"},{"count":0,"name":"b"}]'


def test_the_original_is_not_changed() -> None:
    before = json.dumps(EDITED)

    canonical(EDITED)

    assert json.dumps(EDITED) == before
