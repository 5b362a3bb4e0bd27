"""`predmon deploy`: the real `cdk deploy`, after checks and a look at the cost."""

import ipaddress
import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import boto3
import click
import requests
from botocore.exceptions import ClientError

from dashboards.importer.edits import NO_EDITS
from predmon.commands.cloud.opening import print_ways
from predmon.commands.deploying.account_checks import FAILED_CREATION, SERVICE_LINK, CheckStatus, describe_stack
from predmon.commands.deploying.cost import show_cost, traffic_option
from predmon.commands.deploying.doctor import check_sign_in, run_checks
from predmon.commands.deploying.moving import refuse_to_move
from predmon.commands.deploying.stack_removal import delete_failed_creation
from predmon.commands.deployment.settings import (
    QUALIFIER,
    bootstrap_qualifier,
    context_option,
    resolve_settings,
    with_file,
)
from predmon.commands.deployment.target import Target
from predmon.errors import UserError
from predmon.paths import ROOT
from predmon.terminal import Terminal, escape, escape_lines
from predmon.tools import cdk
from stacks import SENDING_STACK, role_stack_name, stack_name
from stacks.settings import Settings
from stacks.settings.cost import Traffic

out = Terminal()
IMPORT = "Custom::DashboardsImport"
CHECK_IP = "https://checkip.amazonaws.com"


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
    is_whole = not (pipeline_role or settings.send_to)
    if is_whole and not (yes or dry_run):
        context = context | ask_own_address(settings)
        settings = resolve_settings(context)
    if dry_run:
        _require_sign_in()
        if is_whole:
            show_cost(settings, Traffic(predictions=predictions_per_day))
            _say_moves(settings, context)
        _show_changes(_stack_of(settings, pipeline_role=False), context)
        return
    _require_checks(settings, context, yes)
    stack = _stack_of(settings, pipeline_role)
    if is_whole:
        refuse_to_move(settings, with_file(context), boto3.Session())
        show_cost(settings, Traffic(predictions=predictions_per_day))
    if not yes:
        click.confirm(f"Deploy {stack}?", abort=True)
    cloudformation = boto3.Session().client("cloudformation")
    if describe_stack(boto3.Session(), stack).get("StackStatus") in FAILED_CREATION:
        delete_failed_creation(cloudformation, stack)
    before = find_import(cloudformation, stack)
    run_cdk("deploy", stack, "--require-approval", "never" if yes else "broadening", context=context)
    if settings.send_to:
        out.print(f"\nThis account sends to {escape(settings.send_to)}", soft_wrap=True)
    elif is_whole:
        outputs = Target.on_aws().outputs
        out.print(f"\nThe dashboard: {outputs['DashboardUrl']}", soft_wrap=True)
        print_ways(outputs, settings.allowed_cidrs)
        say_kept_edits(outputs, imported=find_import(cloudformation, stack) != before)


def _stack_of(settings: Settings, pipeline_role: bool) -> str:
    if settings.send_to:
        return SENDING_STACK
    return role_stack_name(settings.name) if pipeline_role else stack_name(settings.name)


def find_import(cloudformation: Any, stack: str) -> datetime | None:
    """Return when the stack last imported the dashboards: CloudFormation asks for it only when something changed."""
    try:
        found = cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
    except ClientError:  # there is no such stack yet
        return None
    return max((each["Timestamp"] for each in found if each["ResourceType"] == IMPORT), default=None)


def say_kept_edits(outputs: Mapping[str, str], *, imported: bool = True) -> None:
    """Print which objects the import left as people edited them, and what can be done. Print nothing without any.

    A deployment that imported nothing has the output of an earlier one, which knows of no edit since.
    """
    kept = outputs.get("KeptEdits", NO_EDITS)
    if not imported:
        out.print(
            "\nNothing of the dashboards changed, so this deployment imported nothing. The output KeptEdits is of the "
            "last import. To see what is edited now: predmon export --check",
            soft_wrap=True,
        )
    if kept == NO_EDITS or not imported:
        return
    names = "".join(f"\n  {escape(each)}" for each in kept.split(", "))
    out.print(
        f"\nEdited in Dashboards, so the import left them as they are:{names}\n"
        "To write these edits into the files: predmon export\n"
        "To replace them by the files: predmon import --overwrite",
        soft_wrap=True,
    )


def _show_changes(stack: str, context: Mapping[str, str]) -> None:
    """Print what a deployment would change. Needs only the rights to read the stack's description and template."""
    deployed: Any = {}
    if describe_stack(boto3.Session(), stack):
        deployed = boto3.Session().client("cloudformation").get_template(StackName=stack)["TemplateBody"]
    with tempfile.TemporaryDirectory() as folder:
        # Fetched here: the CDK would take on the bootstrap's lookup role, which may read the whole account.
        template = Path(folder) / "deployed.json"
        template.write_text(deployed if isinstance(deployed, str) else json.dumps(deployed))
        run_cdk("diff", stack, "--method", "template", "--template", str(template), context=context)


def ask_own_address(settings: Settings) -> dict[str, str]:
    """Offer to allow this machine's address if profile dev allows none. Return the setting, or nothing after a no.

    Raises UserError if the address cannot be found.
    """
    if settings.sign_in != "address" or settings.allowed_cidrs or settings.local:
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


def run_cdk(subcommand: str, *arguments: str, context: Mapping[str, str]) -> None:
    """Run `cdk <subcommand>` with its output and questions on the terminal. Raises UserError if it fails."""
    # Keep the caller's AWS variables, unlike the local cloud.
    environ = os.environ | cdk.variables()
    # The CDK locks its output folder. Two deployments from one checkout can run side by side only with one each.
    with tempfile.TemporaryDirectory(prefix="predmon-cdk-") as assembly:
        command = cdk.command(subcommand, *arguments, "--output", assembly, context=context)
        failed = subprocess.run(command, cwd=ROOT, env=environ).returncode != 0
    if failed:
        rolled_back = (
            " CloudFormation rolls a failed deployment back. "
            "What to do next: docs/operations.md, section 'When a deployment fails'."
        )
        raise UserError(
            f"cdk {subcommand} failed; see its output above.{rolled_back if subcommand == 'deploy' else ''}"
        )


def _say_moves(settings: Settings, context: Mapping[str, str]) -> None:
    """Print what would be refused; a comparison goes on all the same, also without the right to look."""
    try:
        refuse_to_move(settings, with_file(context), boto3.Session())
    except UserError as error:
        out.print(f"[yellow]{escape_lines(str(error))}[/]", soft_wrap=True)


def _require_sign_in() -> None:
    """Raise UserError if nobody is signed in. The CDK would say so only after the synthesis."""
    for result in check_sign_in(boto3.Session()):
        if result.status is CheckStatus.WRONG:
            raise UserError(f"Nothing was compared. {result.subject}: {result.message}")


def _require_checks(settings: Settings, context: Mapping[str, str], yes: bool) -> None:
    """Run the checks. Offer to make what an account needs once. Raises UserError for anything else that is wrong."""
    session, qualifier = boto3.Session(), bootstrap_qualifier(context)
    wrong = {each.subject for each in run_checks(settings, session, context) if each.status is CheckStatus.WRONG}
    if "Linked role" in wrong and not yes and click.confirm("Make the role that the search service needs in a VPC?"):
        session.client("iam").create_service_linked_role(AWSServiceName=SERVICE_LINK)
        wrong.remove("Linked role")
    if wrong == {"Bootstrap"} and not yes and click.confirm("Run cdk bootstrap now?"):
        account = session.client("sts").get_caller_identity()["Account"]
        named = ["--qualifier", qualifier, "--toolkit-stack-name", f"CDKToolkit-{qualifier}"]
        run_cdk(
            "bootstrap",
            f"aws://{account}/{session.region_name}",
            *(named if qualifier != QUALIFIER else ()),
            context={},
        )
        return
    if wrong:
        raise UserError("Nothing was deployed. Fix what is wrong above. To check again, run: predmon doctor")
