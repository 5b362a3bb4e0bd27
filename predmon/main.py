"""`predmon`: one command-line tool for everything that is not `cdk deploy`."""

import importlib
import os
import sys
from typing import NoReturn

import click

from predmon.environment import bypass_proxies
from predmon.errors import LocalError

COMMANDS = {
    "up": ("predmon.commands.cloud", "up", "Start the local cloud and deploy the app to it."),
    "down": ("predmon.commands.cloud", "down", "Stop the local cloud; its data stays."),
    "status": ("predmon.commands.cloud", "status", "Say what runs, what is indexed, and what waits to be replayed."),
    "send": ("predmon.commands.send", "send", "Send a file's sentences through the deployed model."),
    "logs": ("predmon.commands.logs", "logs", "Print what a function logged, its errors first."),
    "import": ("predmon.commands.dashboards", "import_", "Import the saved objects into Dashboards."),
    "export": ("predmon.commands.dashboards", "export", "Write what was edited in Dashboards back as clean NDJSON."),
    "snapshot": ("predmon.commands.dashboards", "snapshot", "Save the dashboard as a picture or a single file."),
    "replay": ("predmon.commands.replay", "replay", "Deliver what lies in the failure bucket."),
    "backfill": ("predmon.commands.backfill", "backfill", "Index what CloudWatch already has."),
    "doctor": ("predmon.commands.doctor", "doctor", "Check what a deployment to AWS needs."),
    "cost": ("predmon.commands.deploy", "cost", "Estimate what a deployment costs a month."),
    "deploy": ("predmon.commands.deploy", "deploy", "Deploy to AWS, after checks, cost and consent."),
    "destroy": ("predmon.commands.deploy", "destroy", "Delete the stack from AWS."),
    "drift": ("predmon.commands.drift", "drift", "Compare predictions with a reference window."),
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
    bypass_proxies()
    # boto3 alone passes over AWS_REGION, which all other tools read.
    if region := os.environ.get("AWS_REGION"):
        os.environ["AWS_DEFAULT_REGION"] = region
    try:
        predmon.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except LocalError as error:
        _fail(str(error))
    except click.Abort as error:
        if isinstance(error.__cause__, KeyboardInterrupt):
            click.echo("Interrupted. `predmon down` stops what was started.", err=True)
            sys.exit(130)
        _fail("Nothing was deployed or deleted.")
    except _unanswered() as error:
        _fail(f"{error}\n{_advice(error)}")


def _unanswered() -> tuple[type[Exception], ...]:
    """What AWS and OpenSearch raise; imported only once something was raised, since that takes half a second."""
    from botocore.exceptions import BotoCoreError, ClientError
    from opensearchpy.exceptions import OpenSearchException

    return BotoCoreError, ClientError, OpenSearchException


def _advice(error: Exception) -> str:
    from predmon.local import cloud

    if "127.0.0.1" in str(error) and (trouble := cloud.trouble()):
        return trouble
    if type(error).__module__.startswith("opensearchpy"):
        return "Does the stack still run? A domain in a VPC is reached only from within it: run this there."
    return "Look at AWS_PROFILE and AWS_REGION, and sign in: aws sso login. `predmon doctor` looks at all of it."


def _fail(message: str) -> NoReturn:
    click.ClickException(message).show()
    sys.exit(1)
