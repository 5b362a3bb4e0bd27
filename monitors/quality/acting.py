"""What quality asks for: which runs are an incident that something acts on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from opensearchpy import OpenSearch

from contracts.indices import QUALITY
from monitors.quality.config import Config
from monitors.quality.judging import Verdict
from monitors.quality.run import Run
from monitors.reporting.acting import Acting, Incident, act, find_since

QUIET = (Verdict.AS_BEFORE.value, Verdict.WARNING.value)


def act_on(search: OpenSearch, events: Any, run: Run, config: Config) -> bool:
    """Ask for what `on_worse` says, where this run confirms an earlier one that said so; tell whether it was asked."""
    if not config.on_worse or run.verdict is not Verdict.WORSE or run.actuals < config.minimum:
        return False
    since = find_since(search, QUALITY.pattern, run.group, {"standing": Verdict.WORSE.value}, QUIET, run.made)
    if since is None:
        return False
    incident = Incident("worse", run.group, since, run.made, run.explanation)
    cool_down = timedelta(minutes=config.cool_down_minutes)
    acting = Acting(
        config.on_worse, config.act == "dry_run", cool_down, QUALITY.pattern, config.namespace, QUALITY.name
    )
    return act(search, events, incident, acting)
