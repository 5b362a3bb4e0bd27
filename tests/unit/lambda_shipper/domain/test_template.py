"""The index template: no line that somebody logs may decide the type of a field that is read."""

import json
from collections.abc import Iterator
from typing import Any

from lambda_shipper.domain.indices import STANDARD, TOTAL_FIELDS
from lambda_shipper.domain.keys import OBJECT, OPAQUE
from tests.invoking import ROOT

TEMPLATE = json.loads((ROOT / "contracts/templates/predictions.json").read_text())
MAPPINGS = TEMPLATE["template"]["mappings"]
SAVED_OBJECTS = json.loads((ROOT / "dashboards" / "saved_objects" / "prediction_monitoring.json").read_text())


def types(properties: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Each field's full name and type, multi-fields too."""
    for name, field in properties.items():
        if "type" in field and field.get("enabled", True):
            yield prefix + name, field["type"]
        yield from types(field.get("properties", {}) | field.get("fields", {}), f"{prefix}{name}.")


def test_every_field_that_the_dashboard_knows_has_its_type_before_the_first_line() -> None:
    [pattern] = [each["attributes"] for each in SAVED_OBJECTS if each["id"] == "cwl"]
    known = {each["name"]: each["esTypes"][0] for each in pattern["fields"] if "esTypes" in each}
    logged = {name: type for name, type in known.items() if not name.startswith("_")}

    assert {"prediction.label.keyword", "prediction.score", "model.version.keyword", "text"} <= logged.keys()
    assert logged == {name: type for name, type in types(MAPPINGS["properties"]) if name in logged}


def test_fields_that_the_shipper_takes_for_given_are_the_template_s() -> None:
    def paths(properties: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
        for name, field in properties.items():
            if "properties" in field and name != "shipper":
                yield prefix + name, OBJECT
                yield from paths(field["properties"], f"{prefix}{name}.")
            else:
                yield prefix + name, OPAQUE if name in ("shipper", "scores") else field["type"]

    assert {name: type for name, type in paths(MAPPINGS["properties"]) if not name.startswith("@")} == STANDARD


def test_limit_of_fields_is_what_the_shipper_counts_with() -> None:
    assert TEMPLATE["template"]["settings"]["index.mapping.total_fields.limit"] == TOTAL_FIELDS
