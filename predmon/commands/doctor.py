"""`predmon doctor`: what would stop a deployment, found before it starts."""

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any

import boto3
import botocore.exceptions
import click
from botocore.config import Config
from rich.console import Console
from rich.markup import escape

from drift_lambda.words import counted
from predmon.commands.settings import context_option, settings_of
from predmon.environment import environment, tools_path
from stacks import STACK
from stacks.settings import Settings

out = Console(highlight=False)
NODE_MAJORS = (22, 24)
BOOTSTRAP_VERSION = 6
BOOTSTRAP_PARAMETER = "/cdk-bootstrap/hnb659fds/version"
UNRESERVED_CONCURRENCY = 100
"""What Lambda keeps back from being reserved (Lambda developer guide, "Configuring reserved concurrency")."""
FILTERS_OF_A_GROUP = 2
ATTEMPTS = 2
LINKED_ROLE = "AWSServiceRoleForAmazonOpenSearchService"


class Verdict(Enum):
    """What a check came to; only `WRONG` stops a deployment."""

    FINE = "[green]ok[/]     "
    WARNING = "[yellow]warning[/]"
    UNKNOWN = "[yellow]unknown[/]"
    WRONG = "[red]wrong[/]  "


@dataclass(frozen=True)
class Finding:
    """One line of the report."""

    what: str
    verdict: Verdict
    says: str


def examine(settings: Settings, session: boto3.Session) -> Iterator[Finding]:
    """Check what a deployment with `settings` needs, the cheapest first; ends early without AWS or credentials."""
    yield from _settings(settings)
    yield _node()
    account = list(signed_in(session))
    yield from account
    if any(each.verdict is not Verdict.FINE for each in account):
        return
    checks: list[tuple[str, Callable[[], Finding]]] = [
        ("Bootstrap", lambda: _bootstrap(session)),
        ("Stack", lambda: _stack(session)),
        ("Node quota", lambda: _nodes(session, settings)),
    ]
    if settings.in_vpc:
        checks.append(("Linked role", lambda: linked_role(session)))
    if settings.shipper_concurrency:
        checks.append(("Concurrency", lambda: concurrency(session, settings.shipper_concurrency)))
    for group in settings.log_groups:
        checks.append((f"Log group {group}", partial(_log_group, session, group)))
    for what, check in checks:
        yield _asked(what, check)


def signed_in(session: boto3.Session) -> Iterator[Finding]:
    """Check that there is a region, and then that AWS takes the credentials."""
    if not session.region_name:
        yield Finding("Region", Verdict.WRONG, "none is chosen. export AWS_REGION=eu-central-1, or aws configure")
        return
    yield Finding("Region", Verdict.FINE, session.region_name)
    yield _asked("Credentials", lambda: _credentials(session))


def _asked(what: str, check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except botocore.exceptions.NoCredentialsError:
        says = "none found. Sign in first: aws sso login, or export AWS_PROFILE=name"
        return Finding(what, Verdict.WRONG, says)
    except (botocore.exceptions.EndpointConnectionError, botocore.exceptions.ConnectTimeoutError) as error:
        return Finding(what, Verdict.WRONG, f"AWS cannot be reached from here: {error}")
    except botocore.exceptions.ClientError as error:
        code = error.response["Error"]["Code"]
        if code in ("ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"):
            return Finding(what, Verdict.WRONG, f"AWS does not take them ({code}). Sign in again: aws sso login")
        return Finding(what, Verdict.UNKNOWN, f"could not look: {error}")
    except botocore.exceptions.BotoCoreError as error:
        return Finding(what, Verdict.WRONG, str(error))


def _settings(s: Settings) -> Iterator[Finding]:
    says = f"profile {s.profile}: {s.data_nodes} x {s.instance_type}, {s.transport} transport"
    yield Finding("Settings", Verdict.FINE, says)
    if s.profile == "dev" and not s.allowed_cidrs:
        yield Finding("Access", Verdict.WARNING, "no browser may open the dashboards: -c allowed_cidrs=203.0.113.7/32")
    if s.alarms and not s.alarm_email:
        yield Finding("Alarms", Verdict.WARNING, "nobody is told of an alarm: -c alarm_email=oncall@example.com")


def _node() -> Finding:
    try:
        done = subprocess.run(
            ["node", "--version"], env=environment(PATH=tools_path()), capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        return Finding("Node", Verdict.WRONG, f"does not start ({error}). make setup brings one")
    version = done.stdout.strip()
    if int(version.lstrip("v").partition(".")[0]) not in NODE_MAJORS:
        wanted = " or ".join(map(str, NODE_MAJORS))
        return Finding("Node", Verdict.WARNING, f"{version}, but the CDK wants {wanted}. make setup brings one")
    return Finding("Node", Verdict.FINE, version)


def client(session: boto3.Session, service: str) -> Any:
    """A client that gives up soon: a check that hangs is worse than one that fails."""
    return session.client(
        service, config=Config(connect_timeout=5, read_timeout=15, retries={"total_max_attempts": ATTEMPTS})
    )


def _credentials(session: boto3.Session) -> Finding:
    who = client(session, "sts").get_caller_identity()
    return Finding("Credentials", Verdict.FINE, f"account {who['Account']} as {who['Arn'].rpartition(':')[2]}")


def _bootstrap(session: boto3.Session) -> Finding:
    command = "cdk bootstrap, or answer yes when predmon deploy asks"
    ssm = client(session, "ssm")
    try:
        version = int(ssm.get_parameter(Name=BOOTSTRAP_PARAMETER)["Parameter"]["Value"])
    except ssm.exceptions.ParameterNotFound:
        return Finding("Bootstrap", Verdict.WRONG, f"the CDK's own resources are missing here: {command}")
    if version < BOOTSTRAP_VERSION:
        return Finding(
            "Bootstrap", Verdict.WRONG, f"version {version} is too old, {BOOTSTRAP_VERSION} needed: {command}"
        )
    return Finding("Bootstrap", Verdict.FINE, f"version {version}")


def _deployed(session: boto3.Session) -> dict[str, Any]:
    """The stack as CloudFormation tells it; empty where there is none yet."""
    try:
        return client(session, "cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
    except botocore.exceptions.ClientError as error:
        if "does not exist" not in str(error):
            raise
        return {}


def _stack(session: boto3.Session) -> Finding:
    status = _deployed(session).get("StackStatus")
    if not status:
        return Finding("Stack", Verdict.FINE, f"{STACK} is new here: a domain takes 15 to 25 minutes")
    if status.endswith("_IN_PROGRESS"):
        return Finding("Stack", Verdict.WRONG, f"{STACK} is {status}: wait until that is over")
    if status == "ROLLBACK_COMPLETE":
        return Finding("Stack", Verdict.WRONG, f"{STACK} failed at first and must go: predmon destroy")
    if status.endswith("_FAILED"):
        return Finding("Stack", Verdict.WRONG, f"{STACK} is {status}: see its events in CloudFormation")
    return Finding("Stack", Verdict.FINE, f"{STACK} is {status} and will be updated")


def linked_role(session: boto3.Session) -> Finding:
    """Whether the account has the role with which the service places a domain in a VPC."""
    iam = client(session, "iam")
    try:
        iam.get_role(RoleName=LINKED_ROLE)
    except iam.exceptions.NoSuchEntityException:
        command = "aws iam create-service-linked-role --aws-service-name opensearchservice.amazonaws.com"
        return Finding("Linked role", Verdict.WRONG, f"a domain in a VPC needs one, once an account: {command}")
    return Finding("Linked role", Verdict.FINE, LINKED_ROLE)


def _nodes(session: boto3.Session, s: Settings) -> Finding:
    limits = client(session, "opensearch").describe_instance_type_limits(
        InstanceType=s.instance_type, EngineVersion=f"OpenSearch_{s.engine_version}"
    )["LimitsByRole"]
    most = limits.get("data", {}).get("InstanceLimits", {}).get("InstanceCountLimits", {}).get("MaximumInstanceCount")
    if most is None:
        return Finding("Node quota", Verdict.UNKNOWN, f"no limit is told for {s.instance_type}")
    if s.data_nodes > most:
        return Finding("Node quota", Verdict.WRONG, f"data_nodes={s.data_nodes}, but {s.instance_type} goes to {most}")
    return Finding("Node quota", Verdict.FINE, f"{s.data_nodes} of at most {most} {s.instance_type}")


def concurrency(session: boto3.Session, wanted: int) -> Finding:
    """Whether the account has `wanted` concurrent executions to reserve for the shipper."""
    functions = client(session, "lambda")
    free = functions.get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"]
    for output in _deployed(session).get("Outputs", []):
        if output["OutputKey"] == "ShipperFunctionName":
            # What the stack itself has reserved is its own to reserve again.
            own = functions.get_function_concurrency(FunctionName=output["OutputValue"])
            free += own.get("ReservedConcurrentExecutions", 0)
    if wanted > free - UNRESERVED_CONCURRENCY:
        says = f"shipper_concurrency={wanted}, but {max(0, free - UNRESERVED_CONCURRENCY)} can be reserved here: "
        return Finding("Concurrency", Verdict.WRONG, says + "lower it, or have the account's quota raised")
    return Finding("Concurrency", Verdict.FINE, f"{wanted} of {free} are reserved for the shipper")


def _log_group(session: boto3.Session, group: str) -> Finding:
    logs = client(session, "logs")
    what = f"Log group {group}"
    try:
        filters = logs.describe_subscription_filters(logGroupName=group)["subscriptionFilters"]
    except logs.exceptions.ResourceNotFoundException:
        return Finding(what, Verdict.WRONG, "does not exist here: call the function once, or mend the name")
    others = [each["filterName"] for each in filters if not each["filterName"].startswith(STACK)]
    if len(others) >= FILTERS_OF_A_GROUP:
        return Finding(what, Verdict.WRONG, f"has its {FILTERS_OF_A_GROUP} filters already: {', '.join(others)}")
    return Finding(what, Verdict.FINE, "exists")


def report(settings: Settings, session: boto3.Session) -> list[Finding]:
    """Print each finding as it comes, and give them all."""
    findings = []
    for finding in examine(settings, session):
        out.print(f"{finding.verdict.value} {finding.what}: {escape(finding.says)}", soft_wrap=True)
        findings.append(finding)
    return findings


@click.command()
@context_option
def doctor(settings: dict[str, str]) -> None:
    """Check credentials, region, bootstrap, Node, quotas and settings for a deployment to AWS.

    Reads only. Status 1 if anything would stop a deployment.
    """
    findings = report(settings_of(settings), boto3.Session())
    wrong = sum(finding.verdict is Verdict.WRONG for finding in findings)
    if wrong:
        raise click.ClickException(f"{counted(wrong, 'thing')} would stop a deployment; see above.")
