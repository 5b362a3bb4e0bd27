"""`--name`: every command takes it, and works on that deployment's stack."""

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from predmon.commands.deployment.settings import context_option, resolve_settings
from predmon.commands.deployment.target import Target
from predmon.deployment_name import add_name_option, find_current_name, reference_option
from predmon.errors import UserError
from predmon.local.cloud import LocalCloud
from predmon.main import COMMANDS, predmon
from tests.unit.predmon.commands.conftest import Server


def leaves(command: click.Command) -> list[click.Command]:
    """The commands that do something: those inside groups, too."""
    if not isinstance(command, click.Group):
        return [command]
    context = click.Context(command)
    inside = [command.get_command(context, name) for name in command.list_commands(context)]
    return [leaf for each in inside if each for leaf in leaves(each)]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_takes_the_name_of_a_deployment(name: str) -> None:
    command = predmon.get_command(click.Context(predmon), name)

    assert command
    assert all([option.name for option in leaf.params].count("name") == 1 for leaf in leaves(command))


@pytest.fixture
def ask() -> click.Command:
    """A command that says which deployment it works on."""

    @click.command()
    @context_option
    def ask(context: dict[str, str]) -> None:
        click.echo(f"{find_current_name()} {resolve_settings(context).domain_name} {context}")

    return add_name_option(ask)


@pytest.mark.parametrize(
    "arguments", [["--name", "reviews"], ["-c", "name=reviews"], ["-c", "name=reviews", "--name", "reviews"]]
)
def test_both_ways_to_give_it_mean_the_same(ask: click.Command, arguments: list[str]) -> None:
    result = CliRunner().invoke(ask, arguments)

    assert result.output == "reviews reviews-cluster {'name': 'reviews'}\n"


def test_two_different_names_are_refused(ask: click.Command) -> None:
    result = CliRunner().invoke(ask, ["--name", "reviews", "-c", "name=team-b"])

    assert result.exit_code == 2
    assert "write one of them" in result.output


def test_without_one_it_is_the_deployment_without_a_name(ask: click.Command) -> None:
    assert CliRunner().invoke(ask).output == " mlops-cluster {}\n"


def test_a_command_reads_the_stack_of_its_deployment(server: Server) -> None:
    server.has_stack(DashboardUrl="http://dashboard")

    @click.command()
    def read() -> None:
        click.echo(Target.on_aws().outputs["DashboardUrl"])

    assert CliRunner().invoke(add_name_option(read), ["--name", "reviews"]).output == "http://dashboard\n"
    assert b"StackName=PredictionMonitoring-reviews" in server.requests[-1][1]


def test_a_deployment_that_the_local_cloud_lacks_is_named_with_those_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud = LocalCloud(tmp_path)
    cloud.outputs_file.write_text(json.dumps({"PredictionMonitoring-reviews": {}}))
    variables = {
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_REGION": "x",
        "AWS_ENDPOINT_URL": "http://x",
    }
    monkeypatch.setattr(LocalCloud, "read_env", lambda _: variables)
    monkeypatch.setattr(LocalCloud, "current", classmethod(lambda _: cloud))
    monkeypatch.delenv("PREDMON_TARGET", raising=False)

    with pytest.raises(UserError, match=r"no stack PredictionMonitoring, but PredictionMonitoring-reviews\."):
        Target.resolve()


@pytest.mark.parametrize(
    ("options", "reference", "deployment"),
    [
        (["--reference", "May"], "May", ""),
        (["--reference", "May", "--name", "second"], "May", "second"),
        (["--name", "May"], "May", ""),
    ],
)
def test_a_baseline_has_a_reference_and_a_deployment(options: list[str], reference: str, deployment: str) -> None:
    seen = []

    @click.command()
    @reference_option
    def baseline(reference: str) -> None:
        seen.append((reference, find_current_name()))

    assert CliRunner().invoke(baseline, options).exit_code == 0
    assert seen == [(reference, deployment)]


def test_a_baseline_without_a_reference_is_refused() -> None:
    @click.command()
    @reference_option
    def baseline(reference: str) -> None:
        raise AssertionError(reference)

    assert "Missing option '--reference'" in CliRunner().invoke(baseline, []).output
