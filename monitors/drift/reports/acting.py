"""What drift asks for: which runs are an incident that something acts on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from opensearchpy import OpenSearch

from contracts.indices import DRIFT
from monitors.drift.config import Config
from monitors.drift.judgement.signals import CLOCK, VOLUME
from monitors.drift.judgement.verdict import Verdict
from monitors.drift.reports.run import Run
from monitors.reporting.acting import ROLLBACK, Acting, Incident, act, find_since

QUIET = (Verdict.STABLE.value, Verdict.WARNING.value)


def act_on(search: OpenSearch, events: Any, run: Run, config: Config) -> bool:
    """Ask for what `on_drift` says, where this run confirms an earlier one that said drift; tell whether it was asked.

    A rollback is asked for only of a version that drifted from the version before it.
    """
    if not config.on_drift or not _is_incident(run, config):
        return False
    said = {"verdict": Verdict.DRIFT.value}
    since = find_since(search, DRIFT.pattern, run.group, said, QUIET, run.period.end)
    if since is None:
        return False
    incident = Incident("drift", run.group, since, run.period.end, run.explanation)
    cool_down = timedelta(minutes=config.cool_down_minutes)
    return act(
        search,
        events,
        incident,
        Acting(config.on_drift, config.act == "dry_run", cool_down, DRIFT.pattern, config.namespace, DRIFT.name),
    )


def _is_incident(run: Run, config: Config) -> bool:
    if run.verdict is not Verdict.DRIFT or run.predictions < config.minimum:
        return False
    drifted = [each for each in run.findings if each.verdict is Verdict.DRIFT and each.signal not in (VOLUME, CLOCK)]
    return any(each.against for each in drifted) if config.on_drift == ROLLBACK else bool(drifted)
