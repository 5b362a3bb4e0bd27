"""Nothing is averaged over models that have nothing in common."""

import json

import pytest

from dashboards.importer.saved_objects import SavedObject, load

OF_ONE_MODEL = ("percentiles", "avg", "median")
MODEL_FIELDS = {"@log_group", "@log_group.keyword", "log_group", "comparison"}
PANELS = [each for each in load() if each.type == "visualization"]


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.id)
def test_a_mean_or_a_percentile_is_of_one_model(panel: SavedObject) -> None:
    aggs = json.loads(panel.body["attributes"]["visState"])["aggs"]
    buckets = [each["params"].get("field") for each in aggs if each["schema"] != "metric"]

    if any(each["type"] in OF_ONE_MODEL for each in aggs):
        assert MODEL_FIELDS & set(buckets), "split it by model"


@pytest.mark.parametrize("name", ["label-share", "labels-over-time", "versions-over-time"])
def test_labels_and_versions_are_those_of_one_model(name: str) -> None:
    (panel,) = [each for each in PANELS if each.id == name]

    first = json.loads(panel.body["attributes"]["visState"])["aggs"][0]
    assert (first["schema"], first["params"]["field"]) == ("split", "@log_group.keyword")


def test_documents_of_now_are_not_filtered_by_time() -> None:
    (pattern,) = [each.body["attributes"] for each in load() if each.id == "now"]

    assert "timeFieldName" not in pattern
