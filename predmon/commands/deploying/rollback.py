"""`predmon rollback`: the served model back to the version before, and forth again."""

from datetime import UTC, datetime

import click

from monitors.acting.rollback import RollbackError, roll_back, roll_forward
from predmon.commands.deployment.target import Target
from predmon.errors import UserError


@click.command()
@click.option("--forth", is_flag=True, help="Go to the newest version again, as after a rollback that was not needed.")
def rollback(*, forth: bool) -> None:
    """Let the version before answer with its model, in a second and without a deployment.

    The stack must have been deployed with on_drift=rollback or on_worse=rollback, since only then the function keeps
    its versions. The next deployment serves its own version.
    """
    target = Target.resolve(needs_search=False)
    name, _, alias = target.outputs.get("InferenceFunctionName", "").partition(":")
    if not alias:
        raise UserError(
            "The function of this stack keeps no versions to go back to. Deploy it with -c on_drift=rollback, or with "
            "-c on_worse=rollback -c act=dry_run to keep versions and decide by hand."
        )
    reason = f"by hand, {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
    client = target.client("lambda")
    try:
        move = roll_forward(client, name, reason=reason) if forth else roll_back(client, name, reason=reason)
    except RollbackError as error:
        raise UserError(f"Nothing was moved: {error}.") from error
    click.echo(f"{name} answers with version {move.now} now; it was {move.before}.")
    if not forth:
        click.echo("To go to the newest version again: predmon rollback --forth")
