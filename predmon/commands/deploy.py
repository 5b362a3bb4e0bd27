"""`predmon deploy`, `cost`, `destroy`: the real `cdk deploy`, with what a careful person would look at first."""

import ipaddress
import json
import os
import subprocess
from collections.abc import Mapping
from typing import Any

import boto3
import botocore.exceptions
import click
import requests
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from predmon.commands.doctor import Verdict, report, signed_in
from predmon.commands.settings import context_option, settings_of
from predmon.commands.target import Target
from predmon.errors import LocalError
from predmon.paths import ROOT
from predmon.tools import cdk
from stacks import ROLE_STACK, STACK
from stacks.settings import Settings
from stacks.settings import cost as costs

out = Console(highlight=False)
CHECK_IP = "https://checkip.amazonaws.com"

traffic_option = click.option(
    "--predictions-per-day", type=click.IntRange(0), default=costs.Traffic.predictions, help="For the cost estimate."
)


@click.command()
@context_option
@traffic_option
def cost(settings: dict[str, str], predictions_per_day: int) -> None:
    """Estimate what a deployment costs a month, and say what the estimate rests on. Works without AWS."""
    show_cost(settings_of(settings), predictions_per_day)


@click.command()
@context_option
@traffic_option
@click.option("--yes", is_flag=True, help="Do not ask; for a pipeline.")
@click.option("--dry-run", is_flag=True, help="Only show what would change, and the cost.")
@click.option("--pipeline-role", is_flag=True, help="Deploy the role that a GitHub workflow deploys with, instead.")
def deploy(settings: dict[str, str], predictions_per_day: int, yes: bool, dry_run: bool, pipeline_role: bool) -> None:
    """Deploy to the AWS account that the environment is signed in to.

    Checks first, as `predmon doctor`, and shows the monthly cost; asks before anything is made.
    """
    chosen = settings_of(settings)
    if pipeline_role and not chosen.github_repository:
        raise click.ClickException("--pipeline-role needs the repository: -c github_repository=owner/name")
    if not (yes or dry_run or pipeline_role):
        settings = settings | own_address(chosen)
        chosen = settings_of(settings)
    if dry_run:
        _sign_in()
        show_cost(chosen, predictions_per_day)
        run_cdk("diff", STACK, "--no-change-set", context=settings)
        return
    _check(chosen, yes)
    stack = ROLE_STACK if pipeline_role else STACK
    if not pipeline_role:
        show_cost(chosen, predictions_per_day)
    if not yes:
        click.confirm(f"Deploy {stack}?", abort=True)
    run_cdk("deploy", stack, "--require-approval", "never" if yes else "broadening", context=settings)
    if not pipeline_role:
        out.print(f"\nThe dashboard: {Target.on_aws().outputs['DashboardUrl']}", soft_wrap=True)


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask; for a pipeline.")
def destroy(yes: bool) -> None:
    """Delete the stack: the functions, and unless retain_data the predictions and the failure bucket with them."""
    target = Target.on_aws()
    cloudformation = target.session.client("cloudformation")
    if cloudformation.describe_stacks(StackName=STACK)["Stacks"][0].get("EnableTerminationProtection"):
        command = (
            f"aws cloudformation update-termination-protection --stack-name {STACK} --no-enable-termination-protection"
        )
        raise click.ClickException(f"{STACK} is protected from deletion. If it shall go: {command}")
    kept = [each for each in _resources(cloudformation) if each.get("DeletionPolicy", "").startswith("Retain")]
    is_kept = any(each["Type"] == "AWS::OpenSearchService::Domain" for each in kept)
    out.print("The domain and its predictions stay." if is_kept else "[red]All predictions go with it.[/]")
    if (
        not yes
        and click.prompt(f"Type the stack's name to delete it ({STACK})", default="", show_default=False) != STACK
    ):
        raise click.Abort
    cloudformation.delete_stack(StackName=STACK)
    with out.status("Deleting, which takes about 15 minutes on AWS"):
        try:
            cloudformation.get_waiter("stack_delete_complete").wait(
                StackName=STACK, WaiterConfig={"Delay": 2, "MaxAttempts": 1800}
            )
        except botocore.exceptions.WaiterError as error:
            raise LocalError(f"{STACK} could not be deleted ({error}). See its events in CloudFormation.") from error
    out.print(f"{STACK} is gone from {target.session.region_name}.")


def _resources(cloudformation: Any) -> list[dict[str, Any]]:
    template = cloudformation.get_template(StackName=STACK)["TemplateBody"]
    return list((json.loads(template) if isinstance(template, str) else template)["Resources"].values())


def own_address(settings: Settings) -> dict[str, str]:
    """`allowed_cidrs` of this machine, if dev has none and the person wants it found and used; else nothing."""
    if settings.profile != "dev" or settings.allowed_cidrs:
        return {}
    if not click.confirm(f"No browser may open the dashboards yet. Ask {CHECK_IP} for this machine's address?"):
        return {}
    try:
        answer = requests.get(CHECK_IP, timeout=10)
        answer.raise_for_status()
        address = ipaddress.ip_address(answer.text.strip())
    except (requests.RequestException, ValueError) as error:
        raise click.ClickException(f"It did not tell ({error}). Give it: -c allowed_cidrs=203.0.113.7/32") from error
    network = f"{address}/{address.max_prefixlen}"
    return {"allowed_cidrs": network} if click.confirm(f"Open the dashboards to {network}?") else {}


def show_cost(settings: Settings, predictions_per_day: int) -> None:
    """Print the estimate and what it rests on."""
    traffic = costs.Traffic(predictions=predictions_per_day)
    lines = costs.estimate(settings, traffic)
    table = Table(
        "", "USD a month", "", title=f"Estimate for profile {settings.profile}", title_justify="left", box=None
    )
    table.columns[1].justify = "right"
    for line in lines:
        table.add_row(line.what, "unknown" if line.dollars is None else f"{line.dollars:,.2f}", escape(line.because))
    table.add_row("[bold]Together[/]", f"[bold]{costs.total(lines):,.2f}[/]", "")
    out.print(table)
    for sentence in costs.assumptions(settings, traffic):
        out.print(f"- {escape(sentence)}")


def run_cdk(what: str, *arguments: str, context: Mapping[str, str]) -> None:
    """Run the CDK's own command, its output and questions straight to the person. Raises LocalError if it fails."""
    # Unlike the local cloud's, this keeps the AWS settings of whoever calls.
    environ = os.environ | cdk.variables()
    if subprocess.run(cdk.command(what, *arguments, context=context), cwd=ROOT, env=environ).returncode != 0:
        rolled_back = " CloudFormation rolls a failed deployment back." if what == "deploy" else ""
        raise LocalError(f"cdk {what} failed; what it said is above.{rolled_back}")


def _sign_in() -> None:
    """Refuse what the CDK would refuse only after the synth."""
    for finding in signed_in(boto3.Session()):
        if finding.verdict is Verdict.WRONG:
            raise click.ClickException(f"Nothing was compared. {finding.what}: {finding.says}")


def _check(settings: Settings, yes: bool) -> None:
    session = boto3.Session()
    wrong = [each for each in report(settings, session) if each.verdict is Verdict.WRONG]
    if [each.what for each in wrong] == ["Bootstrap"] and not yes and click.confirm("Run cdk bootstrap now?"):
        account = session.client("sts").get_caller_identity()["Account"]
        run_cdk("bootstrap", f"aws://{account}/{session.region_name}", context={})
        return
    if wrong:
        raise click.ClickException("Nothing was deployed. Mend what is wrong above; predmon doctor looks again.")
