"""The links between the pages."""

import json
import re

import pytest

from dashboards.importer.saved_objects import SavedObject, load


@pytest.fixture
def objects() -> dict[tuple[str, str], SavedObject]:
    return {each.key: each for each in load()}


def test_links_between_pages_load_the_page_anew(objects: dict) -> None:
    """Dashboards 2.11 shows a blank page when only the hash changes and the page before has a saved search."""
    texts = " ".join(json.dumps(each.body) for each in objects.values())

    found = re.findall(r"(?:\?page=([\w-]+))?#/view/([\w-]+)", texts)
    assert len(found) >= 9
    assert [(query, page) for query, page in found if query != page] == []


def test_every_page_leads_to_every_other_page(objects: dict) -> None:
    pages = objects["visualization", "pages"].body["attributes"]["visState"]

    boards = {each.id for each in objects.values() if each.type == "dashboard"}
    assert set(re.findall(r"#/view/([\w-]+)\)", pages)) == boards
    for board in boards:
        assert "pages" in {each["id"] for each in objects["dashboard", board].body["references"]}, board


def test_every_link_of_a_field_leads_to_a_page_that_is_there(objects: dict) -> None:
    patterns = [each for each in objects.values() if each.type == "index-pattern"]
    formats = " ".join(each.body["attributes"].get("fieldFormatMap", "") for each in patterns)

    found = set(re.findall(r"#/view/([\w-]+)", formats))
    assert found
    assert found <= {each.id for each in objects.values() if each.type == "dashboard"}
