"""`predmon doctor`, `cost` and `deploy` as a person sees them, without AWS."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime

import boto3
import pytest
from botocore.exceptions import ClientError
from click.testing import CliRunner, Result
from moto import mock_aws

from predmon.commands.deploying import deploy as module
from predmon.commands.deploying.account_checks import CheckStatus, check_concurrency, check_linked_role
from predmon.commands.deploying.cost import cost
from predmon.commands.deploying.deploy import ask_own_address, deploy, find_import, say_kept_edits
from predmon.commands.deploying.doctor import doctor
from stacks.settings import Settings
from tests.unit.predmon.commands.account import Account
from tests.unit.predmon.commands.conftest import Server

KEYS = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}


def said(result: Result) -> str:
    """Return all that a person sees: the output, and the message of the error."""
    return f"{result.output}{result.exception or ''}"


def run(command: object, *arguments: str, env: Mapping[str, str] | None = None, answers: str = "") -> Result:
    return CliRunner().invoke(command, arguments, env=env, input=answers)  # type: ignore[arg-type]


def test_the_doctor_names_a_missing_region_and_what_to_type() -> None:
    result = run(doctor)

    assert result.exit_code == 1
    assert "export AWS_REGION=" in result.output


def test_the_doctor_names_missing_credentials_and_how_to_sign_in() -> None:
    result = run(doctor, env={"AWS_DEFAULT_REGION": "eu-central-1"})

    assert result.exit_code == 1
    assert "aws sso login" in result.output


def test_the_doctor_says_when_aws_cannot_be_reached() -> None:
    result = run(doctor, env={"AWS_DEFAULT_REGION": "eu-central-1", **KEYS})

    assert result.exit_code == 1
    assert "AWS cannot be reached from here" in result.output


def test_the_doctor_finds_a_wrong_setting_first() -> None:
    result = run(doctor, "-c", "volume_gib=5")

    assert result.exit_code == 1
    assert "a number from 10 to 16384" in said(result)


def test_the_doctor_warns_of_dashboards_that_nobody_may_open_and_alarms_that_nobody_hears() -> None:
    assert "allowed_cidrs=203.0.113.7/32" in run(doctor).output
    assert "alarm_email=" in run(doctor, "-c", "profile=production").output


def test_the_doctor_misses_the_linked_role_that_a_domain_in_a_vpc_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    with mock_aws():
        session = boto3.Session("a", "b", region_name="eu-central-1")
        before = check_linked_role(session)
        session.client("iam").create_role(
            RoleName="AWSServiceRoleForAmazonOpenSearchService", AssumeRolePolicyDocument="{}"
        )
        after = check_linked_role(session)

    assert (before.status, after.status) == (CheckStatus.WRONG, CheckStatus.OK)
    assert "aws iam create-service-linked-role" in before.message


@pytest.mark.parametrize(
    ("own", "status"), [({}, CheckStatus.WRONG), ({"ShipperFunctionName": "ours"}, CheckStatus.OK)]
)
def test_what_the_stack_has_reserved_itself_is_free_to_it(server: Server, own: dict, status: CheckStatus) -> None:
    server.answers["GET /2016-08-19/account-settings"] = {"AccountLimit": {"UnreservedConcurrentExecutions": 110}}
    server.answers["GET /2019-09-30/functions/ours/concurrency"] = {"ReservedConcurrentExecutions": 10}
    server.has_stack(**own)

    assert check_concurrency(boto3.Session(), Settings(shipper_concurrency=20)).status is status


def test_the_cost_is_there_as_json_for_a_program() -> None:
    priced = json.loads(run(cost, "--json").output)
    unknown = json.loads(run(cost, "--json", "-c", "instance_type=x9.large.search").output)

    assert priced["is_complete"]
    assert priced["usd_a_month"] == pytest.approx(sum(line["usd_a_month"] for line in priced["lines"]))
    assert priced["lines"][0]["what"] == "Search nodes"
    assert not unknown["is_complete"]
    assert unknown["lines"][0]["usd_a_month"] is None


def test_the_cost_is_told_without_aws() -> None:
    result = run(cost, "--predictions-per-day", "1000000")

    assert result.exit_code == 0
    assert "Together" in result.output
    assert "1,000,000 predictions a day" in result.output


def test_nothing_is_deployed_while_something_is_wrong() -> None:
    result = run(deploy, "--yes", env={"AWS_DEFAULT_REGION": "eu-central-1", **KEYS})

    assert result.exit_code == 1
    assert "Nothing was deployed" in said(result)


def test_the_pipelines_role_needs_its_repository() -> None:
    result = run(deploy, "--pipeline-role")

    assert result.exit_code == 1
    assert "github_repository=owner/name" in said(result)


def test_the_ask_own_address_is_asked_for_only_with_consent() -> None:
    # A "no" ends it before anything leaves the machine: after that the checks go on, and find no region.
    result = run(deploy, answers="n\n")

    assert "Ask https://checkip.amazonaws.com" in result.output
    assert "Open the dashboards to" not in result.output
    assert "none is chosen" in result.output


def test_the_ask_own_address_is_not_asked_for_where_it_is_given_or_not_wanted() -> None:
    assert ask_own_address(Settings(allowed_cidrs=("203.0.113.7/32",))) == {}
    assert ask_own_address(Settings.from_context({"profile": "production"})) == {}


def test_an_address_service_that_does_not_answer_is_said(monkeypatch: pytest.MonkeyPatch, closed_port: int) -> None:
    monkeypatch.setattr(module, "CHECK_IP", f"http://127.0.0.1:{closed_port}")

    result = run(deploy, answers="y\n")

    assert result.exit_code == 1
    assert "-c allowed_cidrs=203.0.113.7/32" in said(result)


@pytest.mark.parametrize(
    ("env", "says"), [({}, "export AWS_REGION="), ({"AWS_DEFAULT_REGION": "eu-central-1"}, "aws sso login")]
)
def test_a_dry_run_without_an_account_ends_before_the_cdk_starts(
    env: Mapping[str, str], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module.cdk, "command", lambda *_, **__: pytest.fail("the CDK was started"))

    result = run(deploy, "--dry-run", env=env)

    assert result.exit_code == 1
    assert says in said(result)
    assert "Nothing was compared" in said(result)


def test_a_deployment_says_which_edits_it_left_and_what_to_do_with_them(capsys: pytest.CaptureFixture[str]) -> None:
    say_kept_edits({"KeptEdits": "dashboard mlops-dashboard, visualization label-share"})
    say_kept_edits({"KeptEdits": "none"})
    say_kept_edits({})

    lines = capsys.readouterr().out.strip().splitlines()
    assert lines == [
        "Edited in Dashboards, so the import left them as they are:",
        "  dashboard mlops-dashboard",
        "  visualization label-share",
        "To write these edits into the files: predmon export",
        "To replace them by the files: predmon import --overwrite",
    ]


def test_a_deployment_that_imported_nothing_says_that_its_edits_are_old(capsys: pytest.CaptureFixture[str]) -> None:
    say_kept_edits({"KeptEdits": "none"}, imported=False)
    say_kept_edits({"KeptEdits": "visualization label-share"}, imported=False)

    said_twice = capsys.readouterr().out
    assert said_twice.count("this deployment imported nothing") == said_twice.count("predmon export --check") == 2
    assert "label-share" not in said_twice


class Stack:
    """CloudFormation with the resources of one stack."""

    def __init__(self, **times: datetime) -> None:
        self.times = times

    def describe_stack_resources(self, **_: str) -> dict[str, list[dict[str, object]]]:
        types = {"import": "Custom::DashboardsImport", "function": "AWS::Lambda::Function"}
        return {"StackResources": [{"ResourceType": types[name], "Timestamp": at} for name, at in self.times.items()]}


def test_an_import_is_known_by_the_time_of_its_resource() -> None:
    old, new = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
    before = find_import(Stack(**{"import": old, "function": old}), "s")

    assert find_import(Stack(**{"import": old, "function": new}), "s") == before == old
    assert find_import(Stack(**{"import": new, "function": old}), "s") == new


def test_a_stack_that_is_not_there_has_imported_nothing() -> None:
    class Missing:
        def describe_stack_resources(self, **_: str) -> None:
            raise ClientError({"Error": {"Code": "ValidationError"}}, "DescribeStackResources")

    assert find_import(Missing(), "s") is None


def test_an_account_that_only_sends_is_checked_for_that_and_gets_the_small_stack(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    destination = "arn:aws:logs:eu-central-1:123456789012:destination:PredictionMonitoring"
    made = Account()
    made.answers |= {
        "sts.GetCallerIdentity": {"Account": "210987654321", "Arn": "arn:aws:iam::210987654321:user/a"},
        "ssm.GetParameter": {"Parameter": {"Value": "21"}},
        "cloudformation.DescribeStacks": "ValidationError: Stack with id PredictionMonitoringSending does not exist",
        "cloudformation.DescribeStackResources": "ValidationError: does not exist",
        "logs.DescribeAccountPolicies": {"accountPolicies": []},
        "logs.DescribeLogGroups": {"logGroups": []},
    }
    monkeypatch.setattr(module.boto3, "Session", lambda: made.session)
    commands: list[tuple[str, ...]] = []
    monkeypatch.setattr(module, "run_cdk", lambda *words, context: commands.append(words))

    result = run(deploy, "--yes", "-c", f"send_to={destination}")

    assert result.exit_code == 0, said(result)
    assert commands == [("deploy", "PredictionMonitoringSending", "--require-approval", "never")]
    assert f"This account sends to {destination}" in " ".join(result.output.split())
    assert not {"Names", "Node quota", "Engine", "Zones", "Alarms", "Access"} & set(
        re.findall(r"^\w+ +([^:]+):", result.output, re.M)
    )
    assert "Account filter: free" in result.output
