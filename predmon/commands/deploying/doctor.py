"""`predmon doctor`: find what would stop a deployment before it starts."""

import subprocess
from collections.abc import Callable, Iterator, Mapping
from functools import partial

import boto3
import botocore.exceptions
import click
from botocore.parsers import ResponseParserError

from predmon.commands.deploying import account_checks, place_checks, source_checks
from predmon.commands.deploying.account_checks import CheckResult, CheckStatus
from predmon.commands.deploying.domain_check import check_domain
from predmon.commands.deploying.engine_check import check_engine
from predmon.commands.deployment.settings import bootstrap_qualifier, context_option, is_given, resolve_settings
from predmon.environment import environment, tools_path
from predmon.errors import UserError
from predmon.terminal import Terminal, escape
from predmon.wording import count_of
from stacks import SENDING_STACK, stack_name
from stacks.settings import Settings

out = Terminal()
NODE_MAJORS = (22, 24)
MARKS = {
    CheckStatus.OK: "[green]ok[/]     ",
    CheckStatus.WARNING: "[yellow]warning[/]",
    CheckStatus.UNKNOWN: "[yellow]unknown[/]",
    CheckStatus.WRONG: "[red]wrong[/]  ",
}


@click.command()
@context_option
def doctor(context: dict[str, str]) -> None:
    """Check credentials, region, bootstrap, Node, quotas and settings for a deployment to AWS.

    Only reads. Exits with status 1 if anything would stop a deployment.
    """
    results = run_checks(resolve_settings(context), boto3.Session(), context)
    wrong = sum(result.status is CheckStatus.WRONG for result in results)
    if wrong:
        raise UserError(f"{count_of(wrong, 'thing')} would stop a deployment; see above.")


def run_checks(settings: Settings, session: boto3.Session, context: Mapping[str, str]) -> list[CheckResult]:
    """Run all checks, print each result at once, and return them all. `context` is what was given with `-c`."""
    results = []
    for result in check_everything(settings, session, context):
        out.print(f"{MARKS[result.status]} {result.subject}: {escape(result.message)}")
        results.append(result)
    return results


def check_everything(settings: Settings, session: boto3.Session, context: Mapping[str, str]) -> Iterator[CheckResult]:
    """Yield the results of all checks, the fastest first. Without AWS or credentials, stop after those."""
    yield from _check_settings(settings)
    yield _check_node()
    sign_in = list(check_sign_in(session))
    yield from sign_in
    if any(result.status is not CheckStatus.OK for result in sign_in):
        return
    checks = _account_checks(settings, session, context)
    for subject, check in checks:
        yield _explain_aws_errors(subject, check)


def _account_checks(
    settings: Settings, session: boto3.Session, context: Mapping[str, str]
) -> list[tuple[str, Callable[[], CheckResult]]]:
    """Return the checks that these settings need, each with its subject."""
    stack = SENDING_STACK if settings.send_to else stack_name(settings.name)
    checks: list[tuple[str, Callable[[], CheckResult]]] = [
        ("Bootstrap", lambda: account_checks.check_bootstrap(session, bootstrap_qualifier(context))),
        ("Stack", lambda: account_checks.check_stack(session, stack)),
    ]
    if not settings.send_to:
        checks += _domain_checks(settings, session, context)
    if settings.collected.whole_account or (settings.send_to and not settings.collected.names):
        checks.append(("Account filter", lambda: source_checks.check_account_filter(session, settings, stack)))
    for group in settings.log_groups:
        checks.append((f"Log group {group}", partial(account_checks.check_log_group, session, group, stack)))
    return checks


def _domain_checks(
    settings: Settings, session: boto3.Session, context: Mapping[str, str]
) -> list[tuple[str, Callable[[], CheckResult]]]:
    checks: list[tuple[str, Callable[[], CheckResult]]] = [
        ("Names", lambda: account_checks.check_names(session, settings)),
        ("Node quota", lambda: account_checks.check_nodes(session, settings)),
        ("Engine", lambda: check_engine(session, settings, is_chosen=is_given("engine_version", context))),
        ("Zones", lambda: place_checks.check_zones(session, settings)),
    ]
    if not settings.in_vpc:
        checks.append(("Domain", lambda: check_domain(session, stack_name(settings.name))))
    if settings.in_vpc:
        checks.append(("Linked role", lambda: account_checks.check_linked_role(session)))
    if settings.vpc == "new":
        checks.append(("VPC range", lambda: place_checks.check_network_range(session, settings)))
    if settings.sign_in == "cognito":
        checks.append(("Sign-in", lambda: place_checks.check_user_pools(session)))
    if settings.inference:
        checks.append(("Function URL", lambda: place_checks.check_function_url(session)))
    if settings.shipper_concurrency:
        checks.append(("Concurrency", lambda: account_checks.check_concurrency(session, settings)))
    if settings.collected.place or settings.kms_key_arn or settings.actions:
        checks.append(("Places", lambda: source_checks.check_elsewhere(session, settings)))
    if settings.kms_key_arn:
        checks.append(("Key", lambda: source_checks.check_key(session, settings)))
    if settings.collected.patterns:
        checks.append(("Patterns", lambda: source_checks.check_patterns(session, settings)))
    return checks


def check_sign_in(session: boto3.Session) -> Iterator[CheckResult]:
    """Check that a region is chosen, and then that AWS accepts the credentials."""
    if not session.region_name:
        message = "none is chosen. export AWS_REGION=eu-central-1, or aws configure"
        yield CheckResult("Region", CheckStatus.WRONG, message)
        return
    yield CheckResult("Region", CheckStatus.OK, session.region_name)
    yield _explain_aws_errors("Credentials", lambda: account_checks.check_credentials(session))


def _explain_aws_errors(subject: str, check: Callable[[], CheckResult]) -> CheckResult:
    try:
        return check()
    except botocore.exceptions.NoCredentialsError:
        message = "none found. Sign in first: aws sso login, or export AWS_PROFILE=name"
        return CheckResult(subject, CheckStatus.WRONG, message)
    except (botocore.exceptions.EndpointConnectionError, botocore.exceptions.ConnectTimeoutError) as error:
        return CheckResult(subject, CheckStatus.WRONG, f"AWS cannot be reached from here: {error}")
    except botocore.exceptions.ClientError as error:
        code = error.response["Error"]["Code"]
        if code in ("ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"):
            message = f"AWS does not accept them ({code}). Sign in again: aws sso login"
            return CheckResult(subject, CheckStatus.WRONG, message)
        return CheckResult(subject, CheckStatus.UNKNOWN, f"could not be checked: {error}")
    except ResponseParserError:
        # Such as the page of a proxy. Whatever it is, the check has learnt nothing.
        return CheckResult(subject, CheckStatus.UNKNOWN, "could not be checked: something else than AWS answered")
    except botocore.exceptions.BotoCoreError as error:
        return CheckResult(subject, CheckStatus.WRONG, str(error))


def _check_settings(settings: Settings) -> Iterator[CheckResult]:
    if settings.send_to:
        yield CheckResult("Settings", CheckStatus.OK, f"sends to {settings.send_to}")
        return
    nodes = f"{settings.data_nodes} x {settings.instance_type}"
    summary = f"profile {settings.profile}: {nodes}, {settings.transport} transport"
    yield CheckResult("Settings", CheckStatus.OK, summary)
    if settings.sign_in == "address" and not (settings.allowed_cidrs or settings.local):
        message = "no browser can open the dashboards: -c allowed_cidrs=203.0.113.7/32"
        yield CheckResult("Access", CheckStatus.WARNING, message)
    if settings.alarms and not settings.alarm_email:
        message = "an alarm notifies nobody: -c alarm_email=oncall@example.com"
        yield CheckResult("Alarms", CheckStatus.WARNING, message)


def _check_node() -> CheckResult:
    try:
        done = subprocess.run(
            ["node", "--version"], env=environment(PATH=tools_path()), capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        return CheckResult("Node", CheckStatus.WRONG, f"does not start ({error}). make setup installs one")
    version = done.stdout.strip()
    if int(version.lstrip("v").partition(".")[0]) not in NODE_MAJORS:
        majors = " or ".join(map(str, NODE_MAJORS))
        message = f"{version}, but the CDK needs {majors}. make setup installs one"
        return CheckResult("Node", CheckStatus.WARNING, message)
    return CheckResult("Node", CheckStatus.OK, version)
