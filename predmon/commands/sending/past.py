"""`predmon send --over`: give the local cloud a past, and let drift and quality look back on it."""

import time
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from contracts import actuals
from predmon.commands.deployment.target import Target
from predmon.commands.drift import function as drift_target
from predmon.commands.drift.report import COLOURS
from predmon.commands.quality import function as quality_target
from predmon.commands.sending.arrival import report_arrival, wait_until_indexed
from predmon.commands.sending.past_lines import Line, actual_lines, past_lines, write_lines
from predmon.commands.sending.spreading import Past, plan
from predmon.errors import UserError
from predmon.progress import print_step, track
from predmon.terminal import Terminal, escape
from predmon.wording import count_of

STABLE, ALARMING = "stable", ("warning", "drift")


def require_local(target: Target, option: str) -> None:
    """Raise UserError for a stack on AWS, where functions alone write their logs."""
    if not target.is_local:
        raise UserError(f"{option} writes log lines itself, so it works only on the local cloud: predmon up")


def send_past(target: Target, past: Past, refused: Counter[str], out: Terminal) -> None:
    """Write the lines, wait for them, compare each window once and join the truths. Print what came of it.

    What the model refuses is counted in `refused`.
    """
    began_ms = int(time.time() * 1000)
    lines = past_lines(target, plan(target, past), refused)
    truths = actual_lines(lines, past.truths, past.end)
    print_step(f"Writing {count_of(len(lines) + len(truths), 'log line')} with times of the past")
    write_lines(target, lines + truths)
    try:
        report_arrival(target, [line.request_id for line in lines], began_ms, out)
        if "DriftFunctionName" in target.outputs:
            print_step("Comparing each window with what was normal")
            _say_drift(judge_windows(target, past.over, past.end), out)
        if truths:
            _join(target, truths, out)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(
            "all log lines are written, but not every window is compared. To see them: predmon status."
        ) from None


def judge_windows(target: Target, over: timedelta, end: datetime) -> list[dict[str, Any]]:
    """Compare each window of the time before `end` once, the oldest first. Return what was said of each."""
    length = timedelta(minutes=drift_target.read_deployed_config(target).window_minutes)
    windows = -(-over // length)
    runs: list[dict[str, Any]] = []
    for number in track(range(windows, 0, -1), "Judging", total=windows):
        start = end - number * length
        event = {"from": start.isoformat(), "time": (start + length).isoformat()}
        runs += drift_target.invoke(target, event)["runs"]
    return runs


def _say_drift(runs: list[dict[str, Any]], out: Terminal) -> None:
    counts = Counter(run["verdict"] for run in runs)
    good, others = counts.pop(STABLE, 0), ", ".join(f"{count} {verdict}" for verdict, count in counts.most_common())
    out.print(f"[green]Good[/]: {good} of {count_of(len(runs), 'window')} stable{f', {others}' if others else ''}")
    if runs and runs[-1]["verdict"] in ALARMING:
        newest = runs[-1]
        # What it was compared with, and how sure the reference is, stand in `predmon drift report`.
        changes, _, rest = newest["words"].partition("; since ")
        since = f" since {rest.partition(';')[0]}" if rest else ""
        colour, name = COLOURS[newest["verdict"]], newest["verdict"].capitalize()
        model = f"version {newest['model']['version']}"
        out.print(f"[{colour}]{name}[/] of {escape(model)}{since}: {escape(changes)}")


def _join(target: Target, truths: list[Line], out: Terminal) -> None:
    ids = [line.prediction_id for line in truths]
    found = wait_until_indexed(target, ids, noun="actual", index=actuals.INDEX, fields=("prediction_id",))
    if found < len(ids):
        raise UserError(f"Of {count_of(len(ids), 'actual')} only {found} arrived. See: predmon logs shipper")
    for run in quality_target.invoke(target)["runs"]:
        # The log group is left out: the local cloud's own model has only one.
        model = run["group"].partition(" in ")[0]
        out.print(f"Quality of {escape(model)}: {escape(run['words'])}")
