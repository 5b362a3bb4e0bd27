"""The saved objects of the repository: they have the tutorial's four, fit together, and are in canonical form."""

import json
import math
from pathlib import Path

import pytest

from dashboards.importer.canonical import to_text
from dashboards.importer.saved_objects import (
    DIRECTORY,
    MAIN_DASHBOARD,
    NEWEST_MIGRATION,
    SavedObject,
    load,
    object_files,
    parse,
)

ROOT = DIRECTORY.parent.parent
FILES = object_files(DIRECTORY)


@pytest.fixture(scope="module")
def objects() -> dict[tuple[str, str], SavedObject]:
    return {each.key: each for each in load()}


def named(objects: dict[tuple[str, str], SavedObject], title: str) -> SavedObject:
    return next(each for each in objects.values() if each.title == title)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_file_is_canonical_so_that_an_export_changes_nothing(file: Path) -> None:
    text = file.read_text(encoding="utf-8")

    assert text == to_text([each.body for each in parse(text, file.name)], file.suffix)


def test_the_index_pattern_is_cwl_with_the_events_time(objects: dict) -> None:
    pattern = named(objects, "cwl-*")

    assert pattern.type == "index-pattern"
    assert pattern.body["attributes"]["timeFieldName"] == "@timestamp"


def test_the_data_table_has_the_tutorials_columns(objects: dict) -> None:
    table = named(objects, "MLOps Datatable")

    columns = ["prediction.label", "prediction.label.keyword", "prediction.score", "text"]
    assert (table.type, table.body["attributes"]["columns"]) == ("search", columns)


def test_the_data_table_computes_the_values_that_the_source_does_not_hold(objects: dict) -> None:
    meta = named(objects, "MLOps Datatable").body["attributes"]["kibanaSavedObjectMeta"]

    computed = json.loads(meta["searchSourceJSON"])["script_fields"]
    assert set(computed) == {"prediction.label", "prediction.label.keyword"}


def test_the_bar_chart_counts_labels_of_the_data_table(objects: dict) -> None:
    chart = objects["visualization", "mlops-labels"]

    state = json.loads(chart.body["attributes"]["visState"])
    count, terms = state["aggs"]
    assert state["type"] == "histogram"
    assert (count["type"], count["params"]["customLabel"]) == ("count", "Predictions")
    assert (terms["type"], terms["params"]["field"]) == ("terms", "prediction.label.keyword")
    assert chart.body["references"] == [{"id": "mlops-datatable", "name": "search_0", "type": "search"}]


def test_the_bar_charts_only_series_has_a_colour_or_dashboards_draws_it_grey(objects: dict) -> None:
    colors = json.loads(objects["visualization", "mlops-labels"].body["attributes"]["uiStateJSON"])["vis"]["colors"]

    assert "Predictions" in colors


def test_the_dashboard_holds_both_and_refreshes_every_five_seconds(objects: dict) -> None:
    dashboard = objects["dashboard", MAIN_DASHBOARD]

    shown = {(each["type"], each["id"]) for each in dashboard.body["references"]}
    assert {("search", "mlops-datatable"), ("visualization", "mlops-labels")} <= shown
    assert dashboard.body["attributes"]["timeRestore"] is True
    assert dashboard.body["attributes"]["refreshInterval"] == {"pause": False, "value": 5000}


def test_every_page_opens_at_a_range_of_its_own(objects: dict) -> None:
    """Dashboards shows 15 minutes of a page without one, where it is opened by its address."""
    boards = [each.body["attributes"] for each in objects.values() if each.type == "dashboard"]

    assert {each["title"]: each["timeFrom"] for each in boards if each["timeRestore"]} == {
        "MLOps Dashboard": "now-24h",
        "Details": "now-24h",
        "What arrives": "now-24h",
        "Drift": "now-7d",
        "Quality": "now-7d",
    }


def test_panels_lie_on_the_grid_without_overlapping(objects: dict) -> None:
    for dashboard in (each for each in objects.values() if each.type == "dashboard"):
        taken: set[tuple[int, int]] = set()
        for panel in json.loads(dashboard.body["attributes"]["panelsJSON"]):
            grid = panel["gridData"]
            assert grid["x"] + grid["w"] <= 48
            cells = {(grid["x"] + i, grid["y"] + j) for i in range(grid["w"]) for j in range(grid["h"])}
            assert not cells & taken, (dashboard.id, panel["panelIndex"])
            taken |= cells


def test_a_page_has_one_saved_search_at_most_and_nothing_below_it(objects: dict) -> None:
    """Dashboards draws a saved search over the panels below it. On a phone, these are also the panels beside it."""
    for board in (each for each in objects.values() if each.type == "dashboard"):
        searches = {each["name"] for each in board.body["references"] if each["type"] == "search"}
        panels = json.loads(board.body["attributes"]["panelsJSON"])
        tops = [each["gridData"]["y"] for each in panels if each["panelRefName"] in searches]
        assert tops in ([], [max(each["gridData"]["y"] for each in panels)]), board.id
        assert [each["gridData"]["w"] for each in panels if each["gridData"]["y"] in tops] == [48] * len(tops)


def test_a_panel_says_how_its_saved_search_is_sorted(objects: dict) -> None:
    """On a dashboard, Dashboards does not read how a saved search is sorted; it does read the panel's own word."""
    for board in (each.body for each in objects.values() if each.type == "dashboard"):
        shown = {each["name"]: each["id"] for each in board["references"] if each["type"] == "search"}
        for panel in json.loads(board["attributes"]["panelsJSON"]):
            if panel["panelRefName"] in shown:
                sort = objects["search", shown[panel["panelRefName"]]].body["attributes"]["sort"]
                assert sort == [["@timestamp", "desc"]] or panel["embeddableConfig"]["sort"] == sort


def test_no_percentile_is_counted_in_a_histogram_that_one_negative_value_breaks(objects: dict) -> None:
    """With `hdr` the engine fails the search for a negative value, and for 1e-16 beside 1."""
    for each in objects.values():
        if each.type == "visualization":
            assert "hdr" not in each.body["attributes"]["visState"], each.id


def test_stacked_panels_are_bars_because_an_area_of_one_point_is_invisible(objects: dict) -> None:
    for each in objects.values():
        if each.type == "visualization":
            for series in json.loads(each.body["attributes"]["visState"])["params"].get("seriesParams", []):
                assert series["mode"] == "normal" or series["type"] == "histogram", each.id


def test_every_field_that_a_panel_uses_is_known_to_its_index_pattern(objects: dict) -> None:
    """Over an empty index, an index pattern finds no fields, and a panel over an unknown field is an error."""
    for each in objects.values():
        if each.type != "visualization":
            continue
        state = json.loads(each.body["attributes"]["visState"])
        used = {agg["params"]["field"] for agg in state["aggs"] if "field" in agg["params"]}
        used |= {control["fieldName"] for control in state["params"].get("controls", [])}
        if used:
            pattern = _pattern(objects, each)
            assert used <= {field["name"] for field in json.loads(pattern.body["attributes"]["fields"])}, each.id


@pytest.mark.parametrize("board", [MAIN_DASHBOARD, "details", "arrivals"])
def test_every_panel_is_explained(objects: dict, board: str) -> None:
    explained = (ROOT / "docs" / "dashboards.md").read_text()

    for reference in objects["dashboard", board].body["references"]:
        assert f"**{objects[reference['type'], reference['id']].title}**" in explained


def test_the_main_pages_table_has_the_columns_of_the_saved_search(objects: dict) -> None:
    board = objects["dashboard", MAIN_DASHBOARD].body
    (name,) = [each["name"] for each in board["references"] if each["id"] == "mlops-datatable"]
    (panel,) = [each for each in json.loads(board["attributes"]["panelsJSON"]) if each["panelRefName"] == name]

    assert "columns" not in panel["embeddableConfig"]


def test_other_is_asked_only_of_the_first_bucket(objects: dict) -> None:
    """Dashboards asks for it with a filter for each value of the buckets outside, such as each bar of time."""
    for each in objects.values():
        if each.type == "visualization":
            aggs = json.loads(each.body["attributes"]["visState"])["aggs"]
            buckets = [agg for agg in aggs if agg["schema"] in ("group", "segment", "bucket", "split")]
            asking = [agg for agg in buckets if agg["params"].get("otherBucket")]
            assert asking in ([], buckets[:1]), each.id


def test_a_label_has_the_same_colour_in_every_chart_of_labels(objects: dict) -> None:
    charts = [objects["visualization", name] for name in ("labels-over-time", "label-share", "confidence")]

    shades = [json.loads(each.body["attributes"]["uiStateJSON"])["vis"]["colors"] for each in charts]
    assert shades[0] == shades[1] == shades[2]
    assert {"acceptable", "unacceptable", "no label", "all other labels"} <= shades[0].keys()


def test_each_score_is_in_the_bar_that_begins_at_or_below_it(objects: dict) -> None:
    """A division by 0.05 puts 0.7 and 0.35 into the bar below, because of floating point."""
    aggs = json.loads(objects["visualization", "confidence"].body["attributes"]["visState"])["aggs"]
    (bars,) = [agg["params"] for agg in aggs if agg["type"] == "histogram"]

    for hundredths in range(101):
        begins = math.floor(hundredths / 100 / bars["interval"]) * bars["interval"]
        assert round(begins, 3) == hundredths // 5 * 5 / 100, hundredths
    assert (bars["min_doc_count"], bars["has_extended_bounds"]) == (True, True)
    assert bars["extended_bounds"] == {"min": 0, "max": 0.95}


def test_the_pages_of_drift_and_quality_can_be_filtered_by_the_main_pages_controls() -> None:
    """A filter on a field that an index does not have finds nothing there."""
    for name in ("contracts/templates/drift.json", "contracts/templates/quality.json"):
        known = json.loads((ROOT / name).read_text())["template"]["mappings"]["properties"]
        assert known["@log_group"]["properties"]["keyword"] == {"type": "alias", "path": "log_group"}
        assert "keyword" in known["model"]["properties"]["version"]["fields"]
        assert "rank" in known, "a sort by a field that one of the indices does not have is an error"


def test_no_object_is_from_a_version_that_2_11_refuses(objects: dict) -> None:
    versions = {(each.type, each.body["migrationVersion"][each.type]) for each in objects.values()}

    assert versions <= set(NEWEST_MIGRATION.items())


def _pattern(objects: dict, found: SavedObject) -> SavedObject:
    for reference in found.body["references"]:
        target = objects[reference["type"], reference["id"]]
        return target if target.type == "index-pattern" else _pattern(objects, target)
    raise AssertionError(f"{found.id} has no index pattern")
