"""A domain keeps its version of OpenSearch until somebody asks for another one."""

from typing import Any

import boto3
import pytest

from predmon.commands.deploying.account_checks import CheckStatus
from predmon.commands.deploying.deploy import deploy
from predmon.commands.deploying.engine_check import check_engine
from predmon.commands.deployment.settings import is_given
from stacks.settings import Settings
from tests.unit.predmon.commands.conftest import Server
from tests.unit.predmon.commands.deploying.test_deploy_commands import run, said

DOMAIN = "GET /2021-01-01/opensearch/domain/mlops-cluster"
IDENTITY = """<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account>
<Arn>arn:aws:iam::123456789012:user/me</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>"""
COMPATIBLE = "GET /2021-01-01/opensearch/compatibleVersions"


def check(wanted: str, *, is_chosen: bool) -> tuple[CheckStatus, str]:
    result = check_engine(boto3.Session(), Settings(engine_version=wanted), is_chosen=is_chosen)
    return result.status, result.message


def runs(server: Server, version: str, *targets: str) -> None:
    """Make it the account with a domain of this version, and what the service can upgrade it to."""
    status: dict[str, Any] = {"DomainStatus": {"DomainName": "mlops-cluster", "EngineVersion": f"OpenSearch_{version}"}}
    pair = {"SourceVersion": f"OpenSearch_{version}", "TargetVersions": [f"OpenSearch_{each}" for each in targets]}
    server.answers |= {DOMAIN: status, COMPATIBLE: {"CompatibleVersions": [pair]}}


def test_a_new_domain_gets_the_default(server: Server) -> None:
    server.headers = {"x-amzn-ErrorType": "ResourceNotFoundException"}

    assert check("3.5", is_chosen=False) == (CheckStatus.OK, "mlops-cluster is new here and gets OpenSearch 3.5")


def test_a_domain_of_the_same_version_is_left_alone(server: Server) -> None:
    runs(server, "3.5")

    assert check("3.5", is_chosen=False)[0] is CheckStatus.OK


def test_an_upgrade_that_nobody_asked_for_is_wrong_and_says_how_to_keep_the_version(server: Server) -> None:
    runs(server, "2.19", "3.1", "3.3", "3.5")

    status, message = check("3.5", is_chosen=False)

    assert status is CheckStatus.WRONG
    assert "runs OpenSearch 2.19, and nobody asked for an upgrade to 3.5" in message
    assert "-c engine_version=2.19" in message
    assert "docs/operations.md, Upgrade the engine" in message


def test_an_upgrade_that_was_asked_for_is_said(server: Server) -> None:
    runs(server, "2.19", "3.1", "3.3", "3.5")

    status, message = check("3.5", is_chosen=True)

    assert status is CheckStatus.WARNING
    assert "in place from 2.19 to 3.5. There is no way back" in message


@pytest.mark.parametrize(
    ("deployed", "targets", "wanted", "said_so"),
    [
        ("2.11", ("2.19",), "3.5", "only to 2.19, not to 3.5"),
        ("3.5", ("3.7",), "2.19", "only to 3.7, not to 2.19"),
        ("3.7", (), "3.5", "to no other version, not to 3.5"),
    ],
)
def test_a_step_that_the_service_cannot_make_is_wrong(
    server: Server, deployed: str, targets: tuple[str, ...], wanted: str, said_so: str
) -> None:
    runs(server, deployed, *targets)

    status, message = check(wanted, is_chosen=True)

    assert status is CheckStatus.WRONG
    assert said_so in message


def test_a_version_is_chosen_by_an_option_or_by_the_file_and_not_by_default() -> None:
    assert is_given("engine_version", {"engine_version": "3.5"})
    assert is_given("profile", {})
    assert not is_given("engine_version", {"profile": "production"})


def test_deploy_stops_before_such_an_upgrade_also_where_nobody_is_asked(server: Server) -> None:
    runs(server, "2.19", "3.5")
    server.has_stack(DashboardUrl="https://example.com")
    server.answers["GetCallerIdentity"] = IDENTITY

    result = run(deploy, "--yes", "-c", "allowed_cidrs=203.0.113.7/32")

    assert result.exit_code == 1
    assert "nobody asked for an upgrade to 3.5" in " ".join(result.output.split())
    assert "Nothing was deployed" in said(result)
