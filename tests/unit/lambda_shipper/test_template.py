"""The index template: no line that somebody logs may decide the type of a field that is read."""

import json
from collections.abc import Iterator
from typing import Any

from tests.invoking import ROOT

MAPPINGS = json.loads((ROOT / "lambda_shipper" / "index_template.json").read_text())["template"]["mappings"]
SAVED_OBJECTS = (ROOT / "dashboards" / "saved_objects" / "prediction_monitoring.ndjson").read_text().splitlines()


def types(properties: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Each field's full name and type, multi-fields too."""
    for name, field in properties.items():
        if "type" in field and field.get("enabled", True):
            yield prefix + name, field["type"]
        yield from types(field.get("properties", {}) | field.get("fields", {}), f"{prefix}{name}.")


def test_every_field_that_the_dashboard_knows_has_its_type_before_the_first_line() -> None:
    [pattern] = [each["attributes"] for each in map(json.loads, SAVED_OBJECTS) if each["id"] == "cwl"]
    known = {each["name"]: each["esTypes"][0] for each in json.loads(pattern["fields"]) if "esTypes" in each}
    logged = {name: type for name, type in known.items() if not name.startswith("_")}

    assert {"prediction.label.keyword", "prediction.score", "model.version.keyword", "text"} <= logged.keys()
    assert logged == dict(types(MAPPINGS["properties"]))
