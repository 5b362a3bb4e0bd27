"""The index templates that a deployment puts: what the settings say is in them."""

import json
from typing import Any

import pytest

from stacks.constructs.index_templates import ROOT, TEMPLATE_FILES, index_templates


def settings(name: str, shards: int = 1) -> dict[str, Any]:
    return json.loads(index_templates(shards)[name])["template"]["settings"]


def test_every_file_of_a_template_is_put() -> None:
    files = {str(path.relative_to(ROOT)) for path in ROOT.glob("contracts/templates/*.json")}

    assert files == set(TEMPLATE_FILES.values())


def test_shards_are_those_of_the_predictions_alone_and_the_engine_decides_on_refreshes() -> None:
    assert settings("cwl", shards=3)["number_of_shards"] == 3
    assert settings("raw", shards=3)["number_of_shards"] == 1
    assert "index.refresh_interval" not in settings("cwl")


@pytest.mark.parametrize("name", TEMPLATE_FILES)
def test_every_index_has_one_copy_where_there_is_a_node_for_it(name: str) -> None:
    assert settings(name)["auto_expand_replicas"] == "0-1"


@pytest.mark.parametrize("name", TEMPLATE_FILES)
def test_every_index_is_compressed(name: str) -> None:
    assert settings(name)["index.codec"] == "best_compression"
