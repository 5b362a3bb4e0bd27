"""Which stack a command works on, and what it says if there is none."""

from pathlib import Path

import pytest

from predmon.commands.deployment.target import Target
from predmon.errors import UserError
from predmon.local.cloud import LocalCloud
from tests.unit.predmon.commands.conftest import Server


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> str:
    """Let only a part of the local cloud run, and return what it says about that."""
    monkeypatch.delenv("PREDMON_TARGET", raising=False)
    monkeypatch.setattr(LocalCloud, "read_env", lambda _: None)
    monkeypatch.setattr(LocalCloud, "problem", lambda _: "OpenSearch does not run.")
    return "OpenSearch does not run."


@pytest.mark.parametrize("wanted", ["", "local"])
def test_a_local_cloud_that_runs_in_part_is_not_passed_over(
    broken: str, wanted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREDMON_TARGET", wanted)

    with pytest.raises(UserError, match=broken):
        Target.resolve()


def test_while_up_deploys_the_answer_is_to_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREDMON_TARGET", raising=False)
    monkeypatch.setenv("PREDMON_HOME", str(tmp_path))
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION")
    env = dict.fromkeys(names, "a")
    monkeypatch.setattr(LocalCloud, "read_env", lambda _: env)

    with pytest.raises(UserError, match="is being deployed"):
        Target.resolve()


def test_who_wants_aws_gets_it_whatever_runs_here(broken: str, server: Server) -> None:
    server.has_stack(DashboardUrl="http://dashboard")

    assert Target.resolve().outputs == {"DashboardUrl": "http://dashboard"}


def test_where_there_is_nothing_both_ways_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREDMON_TARGET", raising=False)
    monkeypatch.setattr(LocalCloud, "read_env", lambda _: None)
    monkeypatch.setattr(LocalCloud, "problem", lambda _: None)

    with pytest.raises(UserError, match=r"No local cloud runs here.*predmon up.*predmon deploy"):
        Target.resolve()


def test_on_aws_alone_nothing_is_said_of_a_local_cloud() -> None:
    with pytest.raises(UserError, match="cannot be read on AWS") as raised:
        Target.on_aws()

    assert "No local cloud" not in str(raised.value)
