"""`predmon deploy`, `cost`, `destroy`: the real `cdk deploy`, after checks and a look at the cost."""

import ipaddress
import json
import os
import subprocess
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import boto3
import botocore.exceptions
import click
import requests
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from predmon.commands.account_checks import CheckStatus
from predmon.commands.doctor import check_sign_in, run_checks
from predmon.commands.settings import context_option, is_given, resolve_settings
from predmon.commands.target import Target
from predmon.errors import UserError
from predmon.paths import ROOT
from predmon.tools import cdk
from stacks import ROLE_STACK, STACK
from stacks.settings import Settings
from stacks.settings import cost as costs

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient

out = Console(highlight=False)
CHECK_IP = "https://checkip.amazonaws.com"

traffic_option = click.option(
    "--predictions-per-day", type=click.IntRange(0), default=costs.Traffic.predictions, help="For the cost estimate."
)


@click.command()
@context_option
@traffic_option
def cost(context: dict[str, str], predictions_per_day: int) -> None:
    """Estimate the monthly cost of a deployment, and list the assumptions. Works without AWS."""
    show_cost(resolve_settings(context), predictions_per_day)


@click.command()
@context_option
@traffic_option
@click.option("--yes", is_flag=True, help="Do not ask. For a pipeline.")
@click.option("--dry-run", is_flag=True, help="Only show the changes and the cost.")
@click.option("--pipeline-role", is_flag=True, help="Deploy only the role that a GitHub workflow deploys with.")
def deploy(context: dict[str, str], predictions_per_day: int, yes: bool, dry_run: bool, pipeline_role: bool) -> None:
    """Deploy to the AWS account that the environment is signed in to.

    Run the checks of `predmon doctor`, show the monthly cost, and ask before anything is created.
    """
    settings = resolve_settings(context)
    if pipeline_role and not settings.github_repository:
        raise UserError("--pipeline-role needs the repository: -c github_repository=owner/name")
    if not (yes or dry_run or pipeline_role):
        context = context | ask_own_address(settings)
        settings = resolve_settings(context)
    if dry_run:
        _require_sign_in()
        show_cost(settings, predictions_per_day)
        run_cdk("diff", STACK, "--no-change-set", context=context)
        return
    _require_checks(settings, yes, engine_is_chosen=is_given("engine_version", context))
    stack = ROLE_STACK if pipeline_role else STACK
    if not pipeline_role:
        show_cost(settings, predictions_per_day)
    if not yes:
        click.confirm(f"Deploy {stack}?", abort=True)
    run_cdk("deploy", stack, "--require-approval", "never" if yes else "broadening", context=context)
    if not pipeline_role:
        out.print(f"\nThe dashboard: {Target.on_aws().outputs['DashboardUrl']}", soft_wrap=True)


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask. For a pipeline.")
def destroy(yes: bool) -> None:
    """Delete the stack with its functions.

    Its predictions and the failure bucket are deleted too, unless it was deployed with retain_data.
    """
    target = Target.on_aws()
    cloudformation = target.session.client("cloudformation")
    if cloudformation.describe_stacks(StackName=STACK)["Stacks"][0].get("EnableTerminationProtection"):
        command = (
            f"aws cloudformation update-termination-protection --stack-name {STACK} --no-enable-termination-protection"
        )
        raise UserError(f"{STACK} is protected from deletion. To allow deletion, run: {command}")
    kept = [each for each in _resources(cloudformation) if each.get("DeletionPolicy", "").startswith("Retain")]
    is_kept = any(each["Type"] == "AWS::OpenSearchService::Domain" for each in kept)
    out.print("The domain and its predictions stay." if is_kept else "[red]All predictions are deleted with it.[/]")
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
            raise UserError(f"{STACK} could not be deleted ({error}). See its events in CloudFormation.") from error
    out.print(f"{STACK} was deleted from {target.session.region_name}.")


def _resources(cloudformation: "CloudFormationClient") -> list[dict[str, Any]]:
    # AWS answers with text, boto3 sometimes turns it into an object, and its types know only the object.
    template: Any = cloudformation.get_template(StackName=STACK)["TemplateBody"]
    return list((json.loads(template) if isinstance(template, str) else template)["Resources"].values())


def ask_own_address(settings: Settings) -> dict[str, str]:
    """Offer to allow this machine's address if profile dev allows none. Return the setting, or nothing after a no.

    Raises UserError if the address cannot be found.
    """
    if settings.profile != "dev" or settings.allowed_cidrs:
        return {}
    if not click.confirm(f"No browser can open the dashboards yet. Ask {CHECK_IP} for this machine's address?"):
        return {}
    try:
        answer = requests.get(CHECK_IP, timeout=10)
        answer.raise_for_status()
        address = ipaddress.ip_address(answer.text.strip())
    except (requests.RequestException, ValueError) as error:
        raise UserError(
            f"Could not detect your address ({error}). Give it yourself: -c allowed_cidrs=203.0.113.7/32"
        ) from error
    network = f"{address}/{address.max_prefixlen}"
    return {"allowed_cidrs": network} if click.confirm(f"Open the dashboards to {network}?") else {}


def show_cost(settings: Settings, predictions_per_day: int) -> None:
    """Print the estimate and its assumptions."""
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


def run_cdk(subcommand: str, *arguments: str, context: Mapping[str, str]) -> None:
    """Run `cdk <subcommand>` with its output and questions on the terminal. Raises UserError if it fails."""
    # Keep the caller's AWS variables, unlike the local cloud.
    environ = os.environ | cdk.variables()
    if subprocess.run(cdk.command(subcommand, *arguments, context=context), cwd=ROOT, env=environ).returncode != 0:
        rolled_back = " CloudFormation rolls a failed deployment back." if subcommand == "deploy" else ""
        raise UserError(f"cdk {subcommand} failed; see its output above.{rolled_back}")


def _require_sign_in() -> None:
    """Raise UserError if nobody is signed in. The CDK would say so only after the synthesis."""
    for result in check_sign_in(boto3.Session()):
        if result.status is CheckStatus.WRONG:
            raise UserError(f"Nothing was compared. {result.subject}: {result.message}")


def _require_checks(settings: Settings, yes: bool, *, engine_is_chosen: bool) -> None:
    session = boto3.Session()
    wrong = [
        each
        for each in run_checks(settings, session, engine_is_chosen=engine_is_chosen)
        if each.status is CheckStatus.WRONG
    ]
    if [each.subject for each in wrong] == ["Bootstrap"] and not yes and click.confirm("Run cdk bootstrap now?"):
        account = session.client("sts").get_caller_identity()["Account"]
        run_cdk("bootstrap", f"aws://{account}/{session.region_name}", context={})
        return
    if wrong:
        raise UserError("Nothing was deployed. Fix what is wrong above. To check again, run: predmon doctor")
