"""`predmon`: one command-line tool for everything that is not `cdk deploy`."""

import importlib
import sys

import click

from local.errors import LocalError

COMMANDS = {
    "up": ("cli.cloud", "up", "Start the local cloud and deploy the app to it."),
    "down": ("cli.cloud", "down", "Stop the local cloud; its data stays."),
    "status": ("cli.cloud", "status", "Say what runs and how many predictions are indexed."),
    "send": ("cli.send", "send", "Send a file's sentences through the deployed model."),
    "import": ("cli.dashboards", "import_", "Import the saved objects into Dashboards."),
    "export": ("cli.dashboards", "export", "Write what was edited in Dashboards back as clean NDJSON."),
    "snapshot": ("cli.dashboards", "snapshot", "Save the dashboard as a picture or a single file."),
    "replay": ("cli.replay", "replay", "Deliver what lies in the failure bucket."),
    "backfill": ("cli.backfill", "backfill", "Index what CloudWatch already has."),
    "doctor": ("cli.doctor", "doctor", "Check what a deployment to AWS needs."),
    "cost": ("cli.deploy", "cost", "Estimate what a deployment costs a month."),
    "deploy": ("cli.deploy", "deploy", "Deploy to AWS, after checks, cost and consent."),
    "destroy": ("cli.deploy", "destroy", "Delete the stack from AWS."),
    "drift": ("cli.drift", "drift", "Compare predictions with a reference window."),
}
"""Name → (module, attribute, one line): modules are loaded on use, since a few take a second to import."""


class LazyGroup(click.Group):
    """A group that imports only the command that was asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order in which they are met."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command `cmd_name`, or None, which click turns into an error with suggestions."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        return getattr(importlib.import_module(module), attribute)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, _, line) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="prediction-monitoring")
def predmon() -> None:
    """Prediction monitoring for models behind AWS Lambda."""


def main() -> None:
    """Run `predmon`; an error that a person can mend is one message and status 1, an interrupt is status 130."""
    try:
        predmon.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except LocalError as error:
        click.secho(f"error: {error}", fg="red", err=True)
        sys.exit(1)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted. `predmon down` stops what was started.", err=True)
        sys.exit(130)
