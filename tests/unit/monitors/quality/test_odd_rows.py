"""One odd row, group or day changes nothing for all others."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from contracts.actuals import INDEX, State
from monitors.quality.all_groups import judge_all
from monitors.quality.config import Config
from monitors.quality.joining import join
from monitors.quality.judging import Verdict
from monitors.reporting.periods import Group

NOW = datetime(2026, 5, 8, 12, tzinfo=UTC)
CONFIG = Config("http://unused")
MODEL = "/aws/lambda/model"


class Domain:
    """A domain with two predictions and their actuals; it refuses a score that is no number, as OpenSearch does."""

    def __init__(self) -> None:
        self.indices, self.transport = self, SimpleNamespace(serializer=SimpleNamespace(dumps=json.dumps))
        self.actuals = {name: {"prediction_id": name, "actual": {"label": "a"}, "state": "waiting"} for name in "xy"}

    def refresh(self, **_: object) -> None:
        pass

    def mget(self, **_: object) -> dict[str, Any]:
        return {"docs": []}

    def search(self, *, index: str, body: dict[str, Any], **_: object) -> dict[str, Any]:
        hits = []
        if index == INDEX:
            waiting = {name: source for name, source in self.actuals.items() if source["state"] == State.WAITING}
            hits = [{"_id": name, "_version": 1, "_source": source} for name, source in waiting.items()]
        elif "aggs" not in body:
            scores = {"x": 0.9, "y": "high"}
            head = {"@timestamp": "2026-05-08T11:00:00.000Z", "@log_group": MODEL}
            hits = [
                {"_id": name, "_source": {**head, "prediction_id": name, "prediction": {"label": "a", "score": score}}}
                for name, score in scores.items()
            ]
        return {"timed_out": False, "_shards": {"failed": 0}, "hits": {"total": {"value": len(hits)}, "hits": hits}}

    def bulk(self, body: str, **_: object) -> dict[str, Any]:
        lines = [json.loads(line) for line in body.splitlines()]
        items = []
        for action, source in zip(lines[::2], lines[1::2], strict=True):
            is_odd = isinstance(source.get("prediction", {}).get("score"), str)
            name = action["index"]["_id"]
            items.append({"index": {"_id": name, "status": 400 if is_odd else 200}})
            if not is_odd:
                self.actuals[name] = source
        return {"items": items}


def test_a_prediction_that_the_index_of_actuals_refuses_stops_no_other() -> None:
    domain = Domain()

    join(domain, CONFIG, NOW, float("inf"))  # type: ignore[arg-type]

    assert domain.actuals["x"]["state"] == State.JOINED
    assert (domain.actuals["y"]["state"], domain.actuals["y"]["reason"]) == (State.REFUSED, "not_stored")


def test_a_group_that_cannot_be_judged_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    groups = [Group(MODEL, "1"), Group("/aws/lambda/other", "1")]
    answered = Judge(groups, broken=groups[0])

    broken, other = judge_all(answered, NOW, CONFIG)  # type: ignore[arg-type]

    assert broken.explanation == "could not be judged: KeyError: 'pairs are broken'"
    assert (broken.verdict, other.problem) == (Verdict.NOT_ENOUGH_DATA, "")


class Judge:
    """A domain that tells of these groups, and breaks where it is asked for the labels of one of them."""

    def __init__(self, groups: list[Group], broken: Group | None = None) -> None:
        self.groups, self.broken, self.indices = groups, broken, self
        self.asked: list[str] = []

    def refresh(self, **_: object) -> None:
        pass

    def search(self, *, index: str, body: dict[str, Any], **_: object) -> dict[str, Any]:
        answer = {"timed_out": False, "_shards": {"failed": 0}, "hits": {"total": {"value": 0}, "hits": []}}
        wanted = json.dumps(body)
        self.asked.append(wanted)
        if '"log_groups"' in wanted and index == INDEX:
            return answer | {"aggregations": self._listing()}
        if '"hours"' in wanted or '"delays"' in wanted:
            return answer | {"aggregations": {"hours": {"buckets": []}}}
        if "error.absolute" in wanted and "extended_stats" in wanted:
            if self.broken and self.broken.log_group in wanted:
                raise KeyError("pairs are broken")
            sums = {name: {"value": 0.0} for name in ("squared", "signed", "within")}
            return answer | {"aggregations": {"absolute": {"count": 9, "sum": 1, "sum_of_squares": 1}, **sums}}
        if "newest" in wanted:
            ages = ("oldest", "newest", "predicted", "told")
            return answer | {"aggregations": {name: {"value": None} for name in ages}}
        if '"days"' in wanted and index == INDEX:
            return answer | {"aggregations": {"days": {"buckets": []}}}
        return answer

    def _listing(self) -> dict[str, Any]:
        tasks = {"buckets": [{"key": "regression", "doc_count": 9}]}
        buckets = []
        for group in self.groups:
            versions = {"buckets": [{"key": group.model_version, "tasks": tasks}], "sum_other_doc_count": 0}
            buckets.append({"key": group.log_group, "versions": versions, "all_versions": {"value": 1}})
        return {"log_groups": {"buckets": buckets, "sum_other_doc_count": 0}, "all_log_groups": {"value": len(buckets)}}


def test_the_first_day_of_a_window_is_counted_from_its_begin() -> None:
    domain = Judge([Group(MODEL, "1")])

    judge_all(domain, NOW, CONFIG)  # type: ignore[arg-type]

    by_day = [asked for asked in domain.asked if '"fixed_interval": "1d"' in asked]
    assert [asked for asked in by_day if '"gte": "2026-05-01T00:00:00.000Z"' in asked] == by_day
    assert len(by_day) == 2


def test_a_version_without_letters_is_no_missing_version() -> None:
    domain = Judge([Group(MODEL, "")])

    (run,) = judge_all(domain, NOW, CONFIG)  # type: ignore[arg-type]

    assert run.group.model_version == ""
