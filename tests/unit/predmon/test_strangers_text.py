"""A stranger's text in every place where a person meets it: each control character is shown, and none acts.

The text may be a label, a version, a column, a log group of another account, or what a domain answered.
"""

import io
import json
import re
from collections.abc import Callable
from contextlib import redirect_stderr, suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import Mock

import click
import pytest
import requests
from rich.table import Table
from rich.text import Text

from contracts.visible import CONTROLS
from monitors.drift.judgement.verdict import Finding, Verdict
from monitors.drift.reports.events import make_event as make_drift_event
from monitors.drift.reports.report import make_metrics
from monitors.drift.reports.run import Run, make_link
from monitors.quality import judging
from monitors.quality.events import make_event as make_quality_event
from monitors.quality.run import Run as QualityRun
from monitors.reporting import acting
from monitors.reporting.periods import Group, Period
from predmon import main, terminal
from predmon.errors import UserError

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
PERIOD = Period(NOW - timedelta(hours=1), NOW)
ALL = "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x202E, 0x2066, 0xFEFF]))
TEXT = f"v1'\"{ALL}[red]<b>&"


def printed(say: Callable[[terminal.Terminal], object]) -> str:
    into = terminal.Terminal(width=10_000)
    into.file = io.StringIO()
    say(into)
    return into.file.getvalue()


def drift_event() -> str:
    return str(make_drift_event(Run(Group("/g", TEXT), PERIOD, 0, Verdict.DRIFT, TEXT))["Detail"])


def quality_event() -> str:
    run = QualityRun(Group("/g", TEXT), NOW, PERIOD, 5, judging.Verdict.WORSE, TEXT)
    return str(make_quality_event(run, "")["Detail"])


def action_event() -> str:
    sent = Mock(**{"put_events.return_value": {"FailedEntryCount": 0}})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(acting.helpers, "bulk", lambda *_, **__: (1, []))
        patch.setattr(acting, "ask", lambda *_, **__: {"hits": {"hits": []}})
        incident = acting.Incident("drift", Group("/g", TEXT), NOW, NOW, TEXT)
        how = acting.Acting("arn", False, timedelta(hours=1), "drift-*", "PredictionMonitoring", "drift-%Y.%m")
        acting.act(Mock(), sent, incident, how)
    [call] = sent.put_events.call_args_list
    return str(call.kwargs["Entries"][0]["Detail"])


def metric() -> str:
    finding = Finding(TEXT * 20, Verdict.DRIFT, "", Mock(), Mock(), psi=1.0)
    run = Run(Group("/g", "1"), PERIOD, 0, Verdict.DRIFT, "", findings=(finding,))
    values = [each["Value"] for data in make_metrics([run], of_signals=True) for each in data.get("Dimensions", ())]
    assert all(each.isascii() and len(each) <= 1024 for each in values)
    return " ".join(values)


def link() -> str:
    return make_link(Group("/g", TEXT), PERIOD, TEXT)["link"]


def error(fail: Callable[[], object]) -> str:
    """Return what a failing command says on standard error."""
    written = io.StringIO()
    with redirect_stderr(written), suppress(SystemExit):
        fail()
    return written.getvalue()


def fail_as(problem: BaseException) -> Callable[[], None]:
    """Return a run of `predmon` whose command raises this."""

    def run() -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(main.predmon, "main", Mock(side_effect=problem))
            patch.setattr(main, "_what_runs_on", lambda: "")
            main.main()

    return run


def abort() -> click.Abort:
    found = click.Abort()
    found.__cause__ = KeyboardInterrupt(TEXT)
    return found


PLACES: dict[str, Callable[[], str]] = {
    "a line": lambda: printed(lambda into: into.print(f"[bold]{terminal.escape(TEXT)}[/]")),
    "a line that nobody escaped": lambda: printed(lambda into: into.print(TEXT, markup=False)),
    "a cell of a table": lambda: printed(lambda into: into.print(table())),
    "an error for a person": lambda: error(fail_as(UserError(TEXT))),
    "a mistake of usage": lambda: error(fail_as(click.UsageError(TEXT))),
    "an error of AWS or the domain": lambda: error(fail_as(requests.ConnectionError(TEXT))),
    "an interrupt": lambda: error(fail_as(abort())),
    "a bug's traceback": lambda: error(lambda: main._show_unexpected(ValueError, ValueError(TEXT), None)),
    "an event on drift": drift_event,
    "an event on quality": quality_event,
    "an event that asks for an action": action_event,
    "a dimension of a metric": metric,
    "a link": link,
}


def table() -> Table:
    found = Table()
    found.add_column("version")
    found.add_row(Text(TEXT))
    return found


@pytest.mark.parametrize("place", PLACES)
def test_no_control_character_of_a_stranger_acts(place: str) -> None:
    shown = PLACES[place]()
    if shown.startswith("{"):
        shown = " ".join(texts(json.loads(shown)))

    assert "v1" in shown
    assert not re.search(f"[{CONTROLS}]", shown)


def texts(found: Any) -> list[str]:
    """Return all texts in JSON: a mail shows them as they are, not as JSON writes them."""
    if isinstance(found, dict):
        return [text for name, value in found.items() for text in [name, *texts(value)]]
    if isinstance(found, list):
        return [text for each in found for text in texts(each)]
    return [found] if isinstance(found, str) else []
