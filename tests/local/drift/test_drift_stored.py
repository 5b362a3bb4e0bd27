"""What drift stores in a real OpenSearch: references, runs, and which events were sent."""

from collections.abc import Callable
from typing import Any

import pytest
from opensearchpy import OpenSearch

from monitors.drift.comparing import compare
from monitors.drift.config import Config
from monitors.drift.judgement.verdict import Verdict
from monitors.drift.references.freezing import ReferenceRefusedError, freeze
from monitors.drift.references.reference import Reference, load_newest
from monitors.drift.reports.events import is_due, remember
from monitors.drift.reports.report import make_documents
from monitors.drift.reports.run import Run
from monitors.reporting.periods import Group, Period
from predmon.commands.drift.freezing import freeze_baseline
from predmon.errors import UserError
from tests.local.drift.parts import HOUR, LAST_HOUR, NOW, index, normal, signal, store


def test_the_frozen_reference_does_not_move_with_the_predictions(
    search: OpenSearch, config: Config, group: Group
) -> None:
    index(search, group, normal(500), Period(NOW - 3 * HOUR, NOW - 2 * HOUR))
    first = compare(search, group, Period(NOW - 2 * HOUR, NOW - HOUR), config).reference
    index(search, group, normal(500, length=2.0), LAST_HOUR)

    run = compare(search, group, LAST_HOUR, config)

    assert run.reference == first
    assert [each.card for each in load_newest(search, group.log_group)] == [first]


def test_a_field_that_the_reference_does_not_have_asks_for_a_new_one(
    search: OpenSearch, config: Config, group: Group, opensearch_url: str
) -> None:
    index(search, group, normal(500), Period(NOW - 3 * HOUR, NOW - 2 * HOUR))
    compare(search, group, LAST_HOUR, config)

    run = compare(search, group, LAST_HOUR, Config(opensearch_url, reference_size=500, fields=("latency_ms",)))

    assert signal(run, "latency_ms").verdict is Verdict.NOT_ENOUGH_DATA
    assert signal(run, "latency_ms").explanation == "the reference first 500 does not have latency_ms: freeze a new one"


def test_a_baseline_by_hand_becomes_the_next_revision_and_counts_from_then_on(
    search: OpenSearch, config: Config, group: Group
) -> None:
    index(search, group, normal(500), Period(NOW - 4 * HOUR, NOW - 3 * HOUR))
    index(search, group, normal(500, length=2), Period(NOW - 2 * HOUR, NOW - HOUR))
    index(search, group, normal(300, seed=2, length=2), LAST_HOUR)
    before = compare(search, group, LAST_HOUR, config)

    frozen = freeze(search, group, Period(NOW - 2 * HOUR, NOW - HOUR), "longer texts", config)
    after = compare(search, group, LAST_HOUR, config)

    assert (before.verdict, after.verdict) == (Verdict.DRIFT, Verdict.STABLE)
    assert (frozen.name, frozen.revision) == ("longer texts", 2)
    assert after.reference == frozen.card


def test_a_baseline_of_too_few_predictions_is_refused(search: OpenSearch, config: Config, group: Group) -> None:
    index(search, group, normal(199), LAST_HOUR)

    with pytest.raises(ReferenceRefusedError, match=r"199 predictions of version 1 in .* needs 200"):
        freeze(search, group, LAST_HOUR, "too small", config)


class OvertakenClient(OpenSearch):
    """A client that comes too late: just before it stores a reference, `overtake` stores another one."""

    overtake: Callable[[], object]

    def create(self, **arguments: Any) -> Any:
        self.overtake()
        return super().create(**arguments)


def test_two_runs_that_freeze_at_once_get_the_same_reference(
    search: OpenSearch, config: Config, group: Group, opensearch_url: str
) -> None:
    index(search, group, normal(500), LAST_HOUR)
    firsts: list[Reference] = []
    late = OvertakenClient(opensearch_url)
    late.overtake = lambda: firsts.append(freeze(search, group, LAST_HOUR, "theirs", config))

    second = freeze(late, group, LAST_HOUR, "mine", config)

    stored = search.search(index="prediction-reference", body={"query": {"term": {"log_group": group.log_group}}})
    assert [Reference.from_json(hit["_source"]) for hit in stored["hits"]["hits"]] == firsts == [second]


def test_a_baseline_that_another_one_has_overtaken_names_the_one_that_was_kept(
    search: OpenSearch, config: Config, group: Group, opensearch_url: str
) -> None:
    index(search, group, normal(500), LAST_HOUR)
    late = OvertakenClient(opensearch_url)
    late.overtake = lambda: freeze(search, group, LAST_HOUR, "theirs", config)

    with pytest.raises(UserError, match=r"was kept: “theirs”, revision 1\. Yours was not stored"):
        freeze_baseline(late, group, LAST_HOUR, "mine", config)

    late.overtake = lambda: None
    assert freeze_baseline(late, group, LAST_HOUR, "mine", config).revision == 2


def test_a_run_that_is_written_twice_is_there_once(search: OpenSearch, config: Config, group: Group) -> None:
    index(search, group, normal(500), Period(NOW - 3 * HOUR, NOW - 2 * HOUR))
    index(search, group, normal(300, seed=2), LAST_HOUR)
    run = compare(search, group, LAST_HOUR, config)

    store(search, run)
    store(search, run)

    of_run = {"query": {"term": {"run": run.identity}}}
    found = search.count(index="drift-2*", body=of_run)["count"]
    actions = list(make_documents(run))
    assert found == len(actions) > len(run.findings)
    assert search.count(index="drift-now", body=of_run)["count"] == 1


def test_the_same_verdict_is_sent_once_in_the_cool_down_and_its_end_at_once(
    search: OpenSearch, config: Config, group: Group
) -> None:
    def run(verdict: Verdict, hours: int) -> Run:
        return Run(group, Period(NOW + (hours - 1) * HOUR, NOW + hours * HOUR), 300, verdict, "words")

    def sent(each: Run) -> bool:
        due = is_due(search, each, 6 * HOUR)
        if due:
            remember(search, each)
        return due

    verdicts = [
        Verdict.STABLE,
        Verdict.WARNING,
        Verdict.WARNING,
        Verdict.DRIFT,
        Verdict.DRIFT,
        Verdict.NOT_ENOUGH_DATA,
        *[Verdict.DRIFT] * 4,
        Verdict.STABLE,
        Verdict.STABLE,
    ]

    said = [sent(run(verdict, hours)) for hours, verdict in enumerate(verdicts)]

    assert [hour for hour, each in enumerate(said) if each] == [1, 3, 9, 10]
