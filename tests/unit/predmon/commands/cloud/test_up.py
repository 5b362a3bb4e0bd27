"""Which settings and which Dashboards `predmon up` takes."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from predmon.commands.cloud.up_and_down import up
from predmon.errors import UserError
from predmon.local.cloud import LocalCloud
from predmon.local.given_dashboards import require_answer, without_own_address
from tests.unit.predmon.commands.conftest import Server


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a local cloud after an `up`."""
    monkeypatch.setenv("PREDMON_HOME", str(tmp_path))
    monkeypatch.delenv("DASHBOARDS_URL", raising=False)
    (tmp_path / "lock").touch()
    return tmp_path


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """The settings with which a local cloud was started. Nothing starts."""
    given: list[dict[str, str]] = []

    def started(_: LocalCloud, dashboards_url: str | None, context: dict[str, str], **others: Any) -> dict[str, str]:
        given.append(context | ({"dashboards_url": dashboards_url} if dashboards_url else {}))
        return {}

    monkeypatch.setattr(LocalCloud, "up", started)
    return given


def test_up_uses_the_settings_of_the_last_one_and_says_so(home: Path, given: list[dict[str, str]]) -> None:
    (home / "settings.json").write_text(json.dumps({"log_groups": "/a", "store_text": "hash"}))

    said = " ".join(CliRunner().invoke(up, ["-c", "store_text=none"]).output.split())

    assert given == [{"log_groups": "/a", "store_text": "none"}]
    assert "With the settings of the last up: -c log_groups=/a. To forget them: predmon up --reset" in said


def test_each_deployment_has_settings_of_its_own(home: Path, given: list[dict[str, str]]) -> None:
    settings = {"": {"log_groups": "/a"}, "second": {"store_text": "hash"}}
    (home / "settings.json").write_text(json.dumps(settings))

    CliRunner().invoke(up)
    CliRunner().invoke(up, ["-c", "name=second"])

    assert given == [{"log_groups": "/a"}, {"store_text": "hash", "name": "second"}]


def test_the_one_deployment_that_an_earlier_version_remembered_keeps_its_settings(
    home: Path, given: list[dict[str, str]]
) -> None:
    (home / "settings.json").write_text(json.dumps({"name": "second", "store_text": "hash"}))

    CliRunner().invoke(up)
    CliRunner().invoke(up, ["-c", "name=second"])

    assert given == [{}, {"store_text": "hash", "name": "second"}]


@pytest.mark.parametrize(
    ("pair", "log_groups", "says"),
    [
        ("log_groups=/c", "/c", "log_groups: takes away /a, /b. To keep it: -c log_groups+=/c"),
        ("log_groups+=/c,/a", "/b,/c,/a", "log_groups: adds /c"),
        ("log_groups-=/a", "/b", "log_groups: takes away /a."),
    ],
)
def test_a_list_that_changes_says_what_it_adds_and_takes_away(
    home: Path, given: list[dict[str, str]], pair: str, log_groups: str, says: str
) -> None:
    (home / "settings.json").write_text(json.dumps({"": {"log_groups": "/a,/b"}}))

    said = " ".join(CliRunner().invoke(up, ["-c", pair]).output.split())

    assert given == [{"log_groups": log_groups}]
    assert says in said


@pytest.mark.parametrize(
    ("pair", "says"), [("store_text+=hash", "is no list"), ("log_groups-=/c", "does not hold /c. It holds: /a, /b")]
)
def test_a_change_that_a_setting_cannot_take_is_refused(home: Path, pair: str, says: str) -> None:
    (home / "settings.json").write_text(json.dumps({"": {"log_groups": "/a,/b"}}))

    assert says in str(CliRunner().invoke(up, ["-c", pair]).exception)


def test_deployments_that_a_killed_emulator_lost_are_made_again(
    home: Path, given: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"": {}, "second": {"store_text": "hash"}}
    (home / "settings.json").write_text(json.dumps(settings))
    take = LocalCloud.up

    def after_a_kill(local_cloud: LocalCloud, *arguments: Any, **options: Any) -> dict[str, str]:
        local_cloud.lost = ["second"]
        return take(local_cloud, *arguments, **options)

    monkeypatch.setattr(LocalCloud, "up", after_a_kill)

    said = CliRunner().invoke(up).output

    assert given == [{}, {"store_text": "hash", "name": "second"}]
    assert "Deploying PredictionMonitoring-second again, too" in said


def test_up_ends_with_the_file_of_this_local_cloud(
    home: Path, given: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = CliRunner().invoke(up).output.splitlines()[-1]
    monkeypatch.chdir(home.parent)
    below = CliRunner().invoke(up).output.splitlines()[-1]

    assert elsewhere.endswith(f"run: source {home}/env")
    assert below.endswith(f"run: source {home.name}/env")


def test_reset_forgets_them(home: Path, given: list[dict[str, str]]) -> None:
    (home / "settings.json").write_text(json.dumps({"log_groups": "/a"}))

    said = CliRunner().invoke(up, ["--reset", "-c", "store_text=none"]).output

    assert given == [{"store_text": "none"}]
    assert "last up" not in said


def test_a_remembered_setting_that_is_not_possible_now_can_be_forgotten(home: Path) -> None:
    (home / "settings.json").write_text(json.dumps({"store_text": "some"}))

    refused = str(CliRunner().invoke(up).exception)

    assert "store_text='some' is not possible" in refused
    assert "predmon up --reset" in refused


def test_up_after_source_of_the_env_file_has_its_own_dashboards(
    home: Path, given: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DASHBOARDS_URL", "http://127.0.0.1:5601")
    CliRunner().invoke(up)
    monkeypatch.setenv("PREDMON_DASHBOARDS_URL", "http://127.0.0.1:5601")
    CliRunner().invoke(up)

    assert given == [{"dashboards_url": "http://127.0.0.1:5601"}, {}]


def test_a_dashboards_that_does_not_answer_is_said_before_anything_starts(home: Path, closed_port: int) -> None:
    result = CliRunner().invoke(up, ["--dashboards-url", f"http://127.0.0.1:{closed_port}/"])

    assert "but nothing answers there" in str(result.exception)
    assert str(result.exception).endswith("unset DASHBOARDS_URL")
    assert "Synthesising" not in result.output


def test_an_address_that_is_none_is_said_to_be_one() -> None:
    result = CliRunner().invoke(up, ["--dashboards-url", "dashboards:5601"])

    assert "names dashboards:5601, which is no address. Write it whole, such as http://" in str(result.exception)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"name": "preview", "status": {}}, "the preview of another local cloud"),
        ({"status": {}}, "is no Dashboards"),
        ([], "is no Dashboards"),
        (None, r"is no Dashboards \(HTTP 404\)"),
    ],
)
def test_what_is_no_dashboards_of_its_own_is_refused(server: Server, answer: object, said: str) -> None:
    server.answers["GET /api/status"] = answer

    with pytest.raises(UserError, match=said):
        require_answer(server.url)


def test_a_dashboards_that_answers_is_taken(server: Server) -> None:
    server.answers["GET /api/status"] = {"name": "dashboards.example", "status": {}}

    require_answer(server.url)


def test_the_address_in_the_env_file_does_not_choose_the_dashboards_of_the_next_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PREDMON_DASHBOARDS_URL", "http://127.0.0.1:5601")

    assert without_own_address("http://127.0.0.1:5601") is None
    assert without_own_address("http://127.0.0.1:5602") == "http://127.0.0.1:5602"
    assert without_own_address(None) is None
