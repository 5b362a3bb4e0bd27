"""`predmon destroy`: delete a stack from AWS, after saying what is lost and what stays."""

import click

from predmon.commands.deploying.account_checks import FAILED_CREATION
from predmon.commands.deploying.leftovers import describe_leftovers, find_leftovers
from predmon.commands.deploying.stack_removal import delete_failed_creation, delete_stack
from predmon.commands.deployment.target import Target
from predmon.deployment_name import find_current_name
from predmon.errors import UserError
from predmon.terminal import Terminal
from stacks import stack_name

out = Terminal()
DOMAIN = "AWS::OpenSearchService::Domain"


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask. For a pipeline.")
def destroy(yes: bool) -> None:
    """Delete the stack with its functions.

    Its predictions and the failure bucket are deleted too, unless it was deployed with retain_data.
    """
    stack = stack_name(find_current_name())
    target = Target.on_aws()
    cloudformation = target.session.client("cloudformation")
    found = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    if found["StackStatus"] in FAILED_CREATION:
        delete_failed_creation(cloudformation, stack)
        return
    if found.get("EnableTerminationProtection"):
        command = (
            f"aws cloudformation update-termination-protection --stack-name {stack} --no-enable-termination-protection"
        )
        raise UserError(f"{stack} is protected from deletion. To allow deletion, run: {command}")
    leftovers = find_leftovers(cloudformation, stack)
    if not any(each.kind == DOMAIN for each in leftovers):
        out.print("[red]All predictions are deleted with it.[/]")
    for line in describe_leftovers(leftovers):
        out.print(line, soft_wrap=True)
    asked = f"Type the stack's name to delete it ({stack})"
    if not yes and click.prompt(asked, default="", show_default=False) != stack:
        raise click.Abort
    delete_stack(cloudformation, stack)
    out.print(f"{stack} was deleted from {target.session.region_name}.")
