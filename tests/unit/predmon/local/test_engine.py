"""Which OpenSearch the local cloud and the tests start."""

from pathlib import Path

import pytest

from predmon.errors import UserError
from predmon.local.engine import DEFAULT_VERSION, Engine
from predmon.tools.java import ENGINES


def test_the_default_is_the_engine_that_the_preview_and_dashboards_are_tested_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PREDMON_ENGINE", raising=False)

    assert Engine(tmp_path).version == DEFAULT_VERSION == "2.19"


@pytest.mark.parametrize("version", ENGINES)
def test_every_engine_can_be_chosen_and_has_its_jars_pinned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    monkeypatch.setenv("PREDMON_ENGINE", version)

    assert Engine(tmp_path).version == version
    assert f"org.opensearch:opensearch:{version}." in ENGINES[version].read_text()


def test_an_engine_that_there_is_not_is_refused_with_those_that_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREDMON_ENGINE", "4")

    with pytest.raises(UserError, match=r"PREDMON_ENGINE=4: write one of 2\.19, 3\.5, 3\.8\."):
        Engine(tmp_path).start()
