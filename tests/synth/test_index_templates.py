"""The index templates that a deployment puts: what the settings say is in them."""

import json
from typing import Any

import pytest

from stacks.constructs.index_templates import ROOT, TEMPLATE_FILES, index_templates


def settings(name: str, **chosen: int) -> dict[str, Any]:
    found = index_templates(**{"shards": 1, "replicas": 1, "refresh_seconds": 0, **chosen})
    return json.loads(found[name])["template"]["settings"]


def test_every_file_of_a_template_is_put() -> None:
    files = {str(path.relative_to(ROOT)) for path in ROOT.glob("contracts/templates/*.json")}

    assert files == set(TEMPLATE_FILES.values())


def test_shards_and_refreshes_are_those_of_the_predictions_alone() -> None:
    assert settings("cwl", shards=3, refresh_seconds=5)["number_of_shards"] == 3
    assert settings("cwl", shards=3, refresh_seconds=5)["index.refresh_interval"] == "5s"
    assert settings("raw", shards=3, refresh_seconds=5)["number_of_shards"] == 1
    assert "index.refresh_interval" not in settings("raw", refresh_seconds=5)
    assert "index.refresh_interval" not in settings("cwl", refresh_seconds=0)


@pytest.mark.parametrize("name", TEMPLATE_FILES)
def test_every_index_has_as_many_copies_as_are_wanted_and_possible(name: str) -> None:
    assert settings(name, replicas=2)["auto_expand_replicas"] == "0-2"


@pytest.mark.parametrize("name", TEMPLATE_FILES)
def test_every_index_is_compressed(name: str) -> None:
    assert settings(name)["index.codec"] == "best_compression"
