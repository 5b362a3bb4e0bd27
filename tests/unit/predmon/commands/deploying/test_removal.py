"""Taking a stack down: what a failed first deployment left, what stays of a stack, and what a person is told."""

from typing import Any

import boto3
import pytest
from click.testing import CliRunner, Result

from predmon.commands.deploying import deploy as deploying
from predmon.commands.deploying import destroy as destroying
from predmon.commands.deploying import stack_removal
from predmon.commands.deploying.leftovers import describe_leftovers, find_leftovers
from predmon.errors import UserError
from tests.unit.predmon.commands.account import Account

DOMAIN = {
    "Type": "AWS::OpenSearchService::Domain",
    "DeletionPolicy": "RetainExceptOnCreate",
    "Properties": {
        "ClusterConfig": {
            "InstanceType": "r7g.large.search",
            "InstanceCount": 3,
            "DedicatedMasterEnabled": True,
            "DedicatedMasterType": "m6g.large.search",
            "DedicatedMasterCount": 3,
        },
        "EBSOptions": {"VolumeSize": 100},
    },
}
KEPT = {
    "Vpc": {"Type": "AWS::EC2::VPC", "DeletionPolicy": "RetainExceptOnCreate"},
    "Domain": DOMAIN,
    "Function": {"Type": "AWS::Lambda::Function"},
    "Bucket": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain"},
}


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    """The account in which the commands look, with a stack whose status is what `status` says."""
    made = Account()
    monkeypatch.setattr(boto3, "Session", lambda *_, **__: made.session)
    monkeypatch.setattr(stack_removal, "POLL_SECONDS", 0)
    made.answers |= {
        "cloudformation.UpdateTerminationProtection": {},
        "cloudformation.DeleteStack": {},
        "cloudformation.GetTemplate": {"TemplateBody": {"Resources": KEPT}},
        "cloudformation.ListStackResources": {
            "StackResourceSummaries": [
                {"LogicalResourceId": name, "PhysicalResourceId": f"{name.lower()}-1"} for name in KEPT
            ]
        },
    }
    return made


def has_stack(account: Account, status: str, *, protected: bool = False, deleted: str = "DELETE_COMPLETE") -> None:
    """A stack in this state; once it was told to go, it is `deleted`."""

    def describe(_: Any) -> dict[str, Any]:
        gone = any(name == "cloudformation.DeleteStack" for name, _ in account.calls)
        now = deleted if gone else status
        return {
            "Stacks": [
                {
                    "StackId": "arn:stack/1",
                    "StackName": "PredictionMonitoring",
                    "StackStatus": now,
                    "EnableTerminationProtection": protected,
                }
            ]
        }

    account.answers["cloudformation.DescribeStacks"] = describe


def called(account: Account) -> list[str]:
    return [name.partition(".")[2] for name, _ in account.calls]


def run(command: Any, *arguments: str, answers: str = "") -> Result:
    return CliRunner().invoke(command, arguments, input=answers)


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "REVIEW_IN_PROGRESS"])
def test_deploy_deletes_what_a_failed_first_deployment_left_protected_or_not_and_goes_on(
    account: Account, monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    has_stack(account, status, protected=True)
    monkeypatch.setattr(deploying, "_require_checks", lambda *_: None)
    commands: list[tuple[str, ...]] = []
    monkeypatch.setattr(deploying, "run_cdk", lambda *words, **_: commands.append((*words, *called(account))))

    run(deploying.deploy, "--yes", "-c", "profile=production")

    (command,) = commands
    assert command[:2] == ("deploy", "PredictionMonitoring")
    assert command.index("UpdateTerminationProtection") < command.index("DeleteStack")


def test_a_stack_that_is_there_is_never_deleted_by_a_deployment(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_stack(account, "UPDATE_ROLLBACK_COMPLETE")
    monkeypatch.setattr(deploying, "_require_checks", lambda *_: None)
    monkeypatch.setattr(deploying, "run_cdk", lambda *_, **__: None)

    run(deploying.deploy, "--yes")

    assert "DeleteStack" not in called(account)
    assert "UpdateTerminationProtection" not in called(account)


def test_a_dry_run_reads_the_template_itself_and_asks_for_nothing_else(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pull requests' role has these rights and no others. The look at the domain goes on without its own right."""
    has_stack(account, "UPDATE_COMPLETE")
    account.answers["sts.GetCallerIdentity"] = {"Account": "1", "Arn": "arn:aws:iam::1:user/a"}
    del account.answers["cloudformation.ListStackResources"]  # it may not, and the comparison goes on
    commands: list[tuple[str, ...]] = []
    monkeypatch.setattr(deploying, "run_cdk", lambda *words, **_: commands.append(words))

    result = run(deploying.deploy, "--dry-run")

    assert result.exception is None
    assert commands[0][:4] == ("diff", "PredictionMonitoring", "--method", "template")
    allowed = {"sts:GetCallerIdentity", "cloudformation:DescribeStacks", "cloudformation:GetTemplate"}
    assert account.actions() - {"cloudformation:ListStackResources"} == allowed
    assert "Could not look at the deployed domain" in result.output


def test_destroy_says_what_stays_what_it_costs_and_how_to_remove_it(account: Account) -> None:
    has_stack(account, "UPDATE_COMPLETE")

    result = run(destroying.destroy, "--yes")

    said = result.output
    assert result.exit_code == 0, said
    assert "These stay, for about 706.74 USD a month," in said  # 3 x 0.178 + 3 x 0.128 an hour, 300 GiB
    domain, bucket, vpc = (
        said.index("aws opensearch delete-domain --domain-name domain-1"),
        said.index("aws s3 rb --force s3://bucket-1"),
        said.index("aws ec2 delete-vpc --vpc-id vpc-1"),
    )
    assert domain < bucket < vpc
    assert "All predictions are deleted" not in said


def test_destroy_says_when_nothing_stays(account: Account) -> None:
    has_stack(account, "UPDATE_COMPLETE")
    account.answers["cloudformation.GetTemplate"] = {"TemplateBody": {"Resources": {"F": KEPT["Function"]}}}

    result = run(destroying.destroy, "--yes")

    assert "All predictions are deleted with it." in result.output
    assert "Nothing stays." in result.output


def test_destroy_of_a_protected_stack_names_the_command_that_allows_it(account: Account) -> None:
    has_stack(account, "UPDATE_COMPLETE", protected=True)

    result = run(destroying.destroy, "--yes")

    assert "--no-enable-termination-protection" in str(result.exception)
    assert "DeleteStack" not in called(account)


def test_what_cannot_be_deleted_is_named_with_the_way_to_keep_it(account: Account) -> None:
    has_stack(account, "UPDATE_COMPLETE", deleted="DELETE_FAILED")
    account.answers["cloudformation.DescribeStackResources"] = {
        "StackResources": [
            {
                "LogicalResourceId": "NetworkViewers",
                "PhysicalResourceId": "sg-1",
                "ResourceType": "AWS::EC2::SecurityGroup",
                "ResourceStatus": "DELETE_FAILED",
                "ResourceStatusReason": "resource sg-1 has a dependent object",
            }
        ]
    }

    with pytest.raises(UserError, match="sg-1 has a dependent object") as raised:
        stack_removal.delete_stack(account.session.client("cloudformation"), "PredictionMonitoring")

    assert "--retain-resources NetworkViewers" in str(raised.value)


def test_nodes_without_a_known_price_are_said(account: Account) -> None:
    domain = {
        **DOMAIN,
        "Properties": {**DOMAIN["Properties"], "ClusterConfig": {"InstanceType": "x", "InstanceCount": 1}},
    }  # type: ignore[dict-item]
    account.answers["cloudformation.GetTemplate"] = {"TemplateBody": {"Resources": {"Domain": domain}}}

    leftovers = find_leftovers(account.session.client("cloudformation"), "PredictionMonitoring")

    assert "and nodes of unknown price" in next(describe_leftovers(leftovers))
