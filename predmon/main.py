"""`predmon`: the command-line tool for everything besides a plain `cdk deploy`."""

import io
import os
import sys
import tomllib
from traceback import format_exception
from types import TracebackType
from typing import NoReturn

try:
    import click
except ModuleNotFoundError:
    sys.exit("error: the packages of this checkout are not installed here. Run: make setup. Then: .venv/bin/predmon")

from predmon import bootstrap
from predmon.environment import bypass_proxies, tools_path
from predmon.errors import UserError
from predmon.lazy_group import LazyGroup
from predmon.paths import ROOT

COMMANDS = {
    "up": ("cloud.up_and_down", "up", "Start the local cloud and deploy the app to it."),
    "down": ("cloud.up_and_down", "down", "Stop the local cloud and keep its data."),
    "status": ("cloud.status", "status", "Show what runs, what is indexed, and what waits for a replay."),
    "open": ("cloud.opening", "open_", "Open the dashboard in a browser."),
    "send": ("sending.send", "send", "Send the sentences of a file through the deployed model."),
    "logs": ("cloud.logs", "logs", "Print what a function logged, the totals and its errors first."),
    "check-line": ("sending.check_line", "check_line", "Say what the shipper would make of a log line."),
    "import": ("dashboards.objects", "import_", "Import the saved objects into Dashboards."),
    "export": ("dashboards.objects", "export", "Write edits made in Dashboards back to the files."),
    "snapshot": ("dashboards.objects", "snapshot", "Save a dashboard as a picture or as one HTML file."),
    "replay": ("delivering.replay", "replay", "Deliver the batches in the failure bucket."),
    "backfill": ("delivering.backfill", "backfill", "Index log events that are already in CloudWatch."),
    "migrate": ("delivering.migrate", "migrate", "Copy what another domain holds into the stack's domain."),
    "doctor": ("deploying.doctor", "doctor", "Check what a deployment to AWS needs."),
    "cost": ("deploying.cost", "cost", "Estimate the monthly cost of a deployment."),
    "deploy": ("deploying.deploy", "deploy", "Deploy to AWS. Check, show the cost and ask first."),
    "rollback": ("deploying.rollback", "rollback", "Let the model before answer again, or the newest."),
    "destroy": ("deploying.destroy", "destroy", "Delete the stack from AWS."),
    "people": ("deploying.people", "people", "Invite people to the dashboard, list or remove them."),
    "actuals": ("actuals.actuals", "actuals", "Store what predictions should have been, from a file."),
    "drift": ("drift.drift", "drift", "Compare predictions with a reference window."),
    "quality": ("quality.quality", "quality", "Say how often the model was right."),
    "completion": ("shell.completion", "completion", "Print a script for completion in bash, zsh or fish."),
}


def _version() -> str:
    """Return the version of this checkout."""
    project: dict[str, str] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return project["version"]


@click.group(cls=LazyGroup, places=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(_version())
def predmon() -> None:
    """Prediction monitoring for models behind AWS Lambda."""


def main() -> None:
    """Run `predmon`. An error that a person can fix becomes one message and status 1, an interrupt status 130.

    What a command raises as `KeyboardInterrupt(text)` says what it had done by then.
    """
    # The command sets it to this checkout. A function in the emulator must not find there what its bundle lacks.
    os.environ.pop("PYTHONPATH", None)
    os.environ["PATH"] = tools_path()
    sys.excepthook = _show_unexpected
    bypass_proxies()
    # Other tools read AWS_REGION; boto3 reads only AWS_DEFAULT_REGION.
    if region := os.environ.get("AWS_REGION"):
        os.environ["AWS_DEFAULT_REGION"] = region
    try:
        predmon.main(prog_name="predmon", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        said = io.StringIO()
        error.show(file=said)
        _print(said.getvalue().rstrip())
        sys.exit(error.exit_code)
    except UserError as error:
        _fail(str(error))
    except click.Abort as error:
        if isinstance(error.__cause__, KeyboardInterrupt):
            done = f": {error.__cause__}" if error.__cause__.args else "."
            _print(f"Interrupted{done}{_what_runs_on()}")
            sys.exit(130)
        _fail("Nothing was deployed or deleted.")
    except BrokenPipeError:
        # The reader has what it wanted, as in `predmon logs shipper | head`.
        _close_output()
        sys.exit(1)
    except _list_explained_errors() as error:
        from predmon.commands.shell.explaining import explain

        _close_output()
        _fail(explain(error))


def _show_unexpected(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    """Show an error that is a bug, unless the packages are those of another state of this checkout."""
    if bootstrap.is_current():  # type: ignore[no-untyped-call]
        _print("".join(format_exception(kind, error, traceback)).rstrip())
        return
    changed = "The packages in .venv are missing, or of another state of this checkout. Run: make setup"
    _print(f"Error: {kind.__name__}: {error}\n{changed}")


def _close_output() -> None:
    """Drop what could not be written, so that Python does not try again at its end and print a traceback."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _list_explained_errors() -> tuple[type[Exception], ...]:
    """Import the errors of other packages only when there is an error, since that takes half a second."""
    from predmon.commands.shell.explaining import EXPLAINED

    return EXPLAINED


def _what_runs_on() -> str:
    from predmon.local.cloud import LocalCloud

    return " The local cloud runs on. To stop it: predmon down" if LocalCloud.current().runs else ""


def _show(text: str) -> str:
    """Return an error's text without control characters: it may quote a label, or what a domain answered."""
    from contracts.visible import visible

    return visible(text, lines=True)


def _print(text: str) -> None:
    click.echo(_show(text), err=True)


def _fail(message: str) -> NoReturn:
    click.ClickException(_show(message)).show()
    sys.exit(1)


if __name__ == "__main__":
    main()
