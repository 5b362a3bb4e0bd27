"""Drift asks for an action: confirmed by a second look, once for an incident, and a rollback only of a new version."""

import json
from dataclasses import replace
from typing import Any

import pytest
from opensearchpy import OpenSearch

from monitors.drift.comparing import compare
from monitors.drift.config import Config
from monitors.drift.judgement.verdict import Verdict
from monitors.drift.reports.acting import act_on
from monitors.drift.reports.report import write
from monitors.drift.reports.run import Run
from monitors.reporting.events import EventRefusedError
from monitors.reporting.periods import Group, Period
from tests.local.drift.parts import HOUR, NOW, index, normal

MACHINE = "arn:aws:states:eu-central-1:123456789012:stateMachine:retrain"
HOURS = [Period(NOW - back * HOUR, NOW - (back - 1) * HOUR) for back in (3, 2, 1)]


class Bus:
    """The bus, as far as it takes events."""

    def __init__(self, failed: int = 0) -> None:
        self.details: list[dict[str, Any]] = []
        self.failed = failed

    def put_events(self, Entries: list[dict[str, str]]) -> dict[str, Any]:  # noqa: N803 - boto3's own
        self.details += [json.loads(each["Detail"]) for each in Entries if not self.failed]
        return {"FailedEntryCount": self.failed, "Entries": Entries}


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, on_drift=MACHINE, namespace="mine")


@pytest.fixture
def drifted(search: OpenSearch, group: Group, config: Config) -> list[Run]:
    """Return three hours of drift, as the schedule judged them."""
    index(search, group, normal(600), Period(NOW - 26 * HOUR, NOW - 25 * HOUR))
    for number, hour in enumerate(HOURS):
        index(search, group, normal(300, seed=5 + number, unacceptable=0.7), hour)
    return [compare(search, group, hour, config) for hour in HOURS]


def look(search: OpenSearch, run: Run, bus: Bus, config: Config) -> bool:
    """Do what the schedule does with a run."""
    write(search, run)
    search.indices.refresh(index="drift-*")
    return act_on(search, bus, run, config)


def test_the_second_look_asks_and_no_other(search: OpenSearch, config: Config, drifted: list[Run]) -> None:
    bus = Bus()

    assert [look(search, run, bus, config) for run in drifted] == [False, True, False]

    (detail,) = bus.details
    assert detail["cause"] == "drift" and detail["deployment"] == "mine" and not detail["dry_run"]
    assert detail["words"] == drifted[1].explanation
    assert not act_on(search, bus, drifted[1], config)  # the function is run again
    query = {
        "query": {"bool": {"filter": [{"term": {"kind": "action"}}, {"term": {"log_group": detail["log_group"]}}]}}
    }
    (note,) = search.search(index="drift-*", body=query)["hits"]["hits"]
    assert note["_source"]["action"] == {"name": MACHINE, "cause": "drift", "state": "asked"}


def test_a_dry_run_says_so_and_without_a_setting_nothing_is_asked(
    search: OpenSearch, config: Config, drifted: list[Run]
) -> None:
    bus = Bus()

    assert not any(look(search, run, bus, replace(config, on_drift="")) for run in drifted[:2])
    assert act_on(search, bus, drifted[1], replace(config, act="dry_run"))

    assert [detail["dry_run"] for detail in bus.details] == [True]


def test_an_event_that_is_refused_leaves_no_note(search: OpenSearch, config: Config, drifted: list[Run]) -> None:
    look(search, drifted[0], Bus(), config)

    with pytest.raises(EventRefusedError):
        look(search, drifted[1], Bus(failed=1), config)

    assert look(search, drifted[2], Bus(), config)


def test_fewer_predictions_than_the_minimum_move_nothing(
    search: OpenSearch, config: Config, drifted: list[Run]
) -> None:
    look(search, drifted[0], Bus(), config)

    assert not look(search, replace(drifted[1], predictions=199), Bus(), config)


def test_a_rollback_is_asked_for_only_of_a_version_that_differs_from_the_one_before(
    search: OpenSearch, config: Config, drifted: list[Run], group: Group
) -> None:
    rolling, bus = replace(config, on_drift="rollback"), Bus()
    assert not any(look(search, run, bus, rolling) for run in drifted)  # the only version: its inputs changed
    new = Group(group.log_group, "2")
    for number, hour in enumerate(HOURS):
        index(search, new, normal(300, seed=9 + number, unacceptable=0.7), hour)

    runs = [compare(search, new, hour, rolling) for hour in HOURS[1:]]

    assert {run.verdict for run in runs} == {Verdict.DRIFT}
    assert [look(search, run, bus, rolling) for run in runs] == [False, True]
    assert bus.details[0]["model"] == {"version": "2"}
