"""Where a run goes: documents in `drift-YYYY.MM`, metrics in CloudWatch, and an event where someone should act."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from opensearchpy import OpenSearch, helpers

from drift_lambda.config import DETAIL_TYPE, NAMESPACE, SOURCE
from drift_lambda.distribution import Distribution, coarser
from drift_lambda.reference import Reference
from drift_lambda.searching import Group, Period, iso
from drift_lambda.verdict import Finding, Verdict

REPORTS = "drift-*"
LINK = "/app/dashboards#/view/mlops-dashboard?_g=(time:(from:'{start}',to:'{end}'))"
"""Where in Dashboards the predictions behind a run are."""
PSI_LIMITS = {"psi_warning": 0.1, "psi_drift": 0.25}
"""The customary limits, stored beside each PSI so that a chart can draw them. They decide nothing."""


@dataclass(frozen=True)
class Run:
    """What is said of one group's predictions at one moment."""

    group: Group
    period: Period
    predictions: int
    verdict: Verdict
    words: str
    findings: tuple[Finding, ...] = ()
    reference: Reference | None = None

    @property
    def identity(self) -> str:
        """The same for the same group and window, so that a repeated run writes the same documents."""
        key = [self.group.log_group, self.group.model_version, iso(self.period.start), iso(self.period.end)]
        return hashlib.sha256(json.dumps(key).encode()).hexdigest()[:24]

    def summary(self) -> dict[str, Any]:
        """The run without its signals: the head of every document and event."""
        reference = self.reference
        return {
            "@timestamp": iso(self.period.end),
            "run": self.identity,
            "log_group": self.group.log_group,
            "model": {"version": self.group.model_version},
            "window": {
                "from": iso(self.period.start),
                "to": iso(self.period.end),
                "predictions": self.predictions,
                "link": LINK.format(start=iso(self.period.start), end=iso(self.period.end)),
            },
            "reference": reference
            and {
                "name": reference.name,
                "revision": reference.revision,
                "model_version": reference.group.model_version,
                "from": iso(reference.window.period.start),
                "to": iso(reference.window.period.end),
                "predictions": reference.window.predictions,
            },
        }


def documents(run: Run) -> Iterable[dict[str, Any]]:
    """The bulk actions of a run: one document for the run, one for each signal, one for each bin of a signal."""
    index = _index(run)
    head = run.summary()
    verdict = {"verdict": run.verdict, "severity": run.verdict.severity, "words": run.words}
    yield _action(index, run, "run", {**head, "kind": "run", **verdict})
    for finding in run.findings:
        yield _action(index, run, finding.signal, {**head, "kind": "signal", **measures(finding), **PSI_LIMITS})
        for number, bin_ in enumerate(_bins(finding.reference, finding.current)):
            label = f"{number:02} {bin_['name']}"  # sorts as the bins do
            named = {"number": number, "label": label, **bin_}
            document = {**head, "kind": "bin", "signal": finding.signal, "bin": named}
            yield _action(index, run, f"{finding.signal} {number}", document)


def _index(run: Run) -> str:
    return f"drift-{run.period.end:%Y.%m}"


def measures(finding: Finding) -> dict[str, Any]:
    """A finding as it is stored and sent, without its distributions; what was not measured is left out."""
    values = {
        "signal": finding.signal,
        "verdict": finding.verdict,
        "severity": finding.verdict.severity,
        "words": finding.words,
        "psi": finding.psi,
        "jensen_shannon": finding.jensen_shannon,
        "effect": finding.effect,
        "test": finding.test,
        "statistic": finding.statistic,
        "p_value": finding.p_value,
        "ks_p_value": finding.ks_p_value,
        "p_adjusted": finding.p_adjusted,
    }
    return {name: value for name, value in values.items() if value is not None}


def _bins(reference: Distribution, current: Distribution) -> Iterable[dict[str, Any]]:
    """Beside each other, numbers in the bins that the PSI is of."""
    if reference.edges:
        reference, current = coarser(reference, current)
    rows = zip(reference.bins, reference.counts, reference.shares, current.counts, current.shares, strict=True)
    for name, before, share_before, now, share_now in rows:
        yield {
            "name": name,
            "reference": before,
            "current": now,
            "reference_share": share_before,
            "current_share": share_now,
        }


def _action(index: str, run: Run, part: str, document: Mapping[str, Any]) -> dict[str, Any]:
    identity = hashlib.sha256(f"{run.identity} {part}".encode()).hexdigest()[:32]
    return {"_op_type": "index", "_index": index, "_id": identity, "_source": document}


def write(search: OpenSearch, run: Run) -> None:
    """Store a run; raises `BulkIndexError` where any document is refused."""
    helpers.bulk(search, documents(run), refresh=True)


def speakers(runs: Iterable[Run]) -> list[Run]:
    """For each log group the run with the worst verdict: where two versions answer at once, one of them speaks."""
    worst: dict[str, Run] = {}
    for run in runs:
        kept = worst.setdefault(run.group.log_group, run)
        if list(Verdict).index(run.verdict) > list(Verdict).index(kept.verdict):
            worst[run.group.log_group] = run
    return list(worst.values())


def is_due(search: OpenSearch, run: Run, cool_down: timedelta) -> bool:
    """Whether the event is due: a new verdict to act on, an old one after the cool-down, or its end.

    `not enough data` says nothing, so it neither starts nor ends anything.
    """
    if run.verdict is Verdict.NOT_ENOUGH_DATA:
        return False
    last = _last_sent(search, run)
    if last is None or last[0] is not run.verdict:
        return last is not None or run.verdict is not Verdict.STABLE
    return run.verdict is not Verdict.STABLE and run.period.end - last[1] >= cool_down


def remember(search: OpenSearch, run: Run) -> None:
    """Note that the event was sent. A run that breaks off before this sends it again: twice rather than never."""
    document = {**run.summary(), "kind": "event", "verdict": run.verdict, "severity": run.verdict.severity}
    action = _action(_index(run), run, "event", {**document, "words": run.words})
    helpers.bulk(search, [action], refresh=True)


def _last_sent(search: OpenSearch, run: Run) -> tuple[Verdict, datetime] | None:
    must = [
        {"term": {"kind": "event"}},
        {"term": {"log_group": run.group.log_group}},
        {"range": {"@timestamp": {"lte": iso(run.period.end)}}},
    ]
    body = {"size": 1, "query": {"bool": {"filter": must}}, "sort": [{"@timestamp": "desc"}]}
    answer = search.search(index=REPORTS, body=body, ignore_unavailable=True, allow_no_indices=True)
    for hit in answer["hits"]["hits"]:
        return Verdict(hit["_source"]["verdict"]), datetime.fromisoformat(hit["_source"]["@timestamp"])
    return None


def event(run: Run) -> dict[str, Any]:
    """The EventBridge entry: the full verdict with every signal's measures, and what a person would do."""
    detail = {
        **run.summary(),
        "verdict": run.verdict,
        "severity": run.verdict.severity,
        "words": run.words,
        "suggestion": SUGGESTIONS[run.verdict],
        "signals": [measures(finding) for finding in run.findings],
    }
    return {"Source": SOURCE, "DetailType": DETAIL_TYPE, "Detail": json.dumps(detail)}


SUGGESTIONS = {
    Verdict.DRIFT: "Look at the predictions behind it, then roll back, retrain, or freeze a new reference.",
    Verdict.WARNING: "Look at the predictions behind it.",
    Verdict.STABLE: "Nothing: the predictions are again like the reference.",
    Verdict.NOT_ENOUGH_DATA: "Nothing yet.",
}


class EventError(RuntimeError):
    """EventBridge refused an event; the message carries its reason."""


def send(events: Any, run: Run) -> None:
    """Put the event on the account's default bus; raises EventError where EventBridge did not take it."""
    answer = events.put_events(Entries=[event(run)])
    if answer["FailedEntryCount"]:
        raise EventError(f"the event was refused: {answer['Entries']}")


def metrics(runs: Iterable[Run]) -> list[dict[str, Any]]:
    """CloudWatch data: the worst severity of all runs (what the alarm watches), and each signal's numbers.

    Severity: 0 nothing to act on, 1 warning, 2 drift. `DriftJudged` counts the groups that had enough data; where none
    had, there is no severity, so that silence does not end an alarm.
    """
    judged = [run for run in runs if run.verdict is not Verdict.NOT_ENOUGH_DATA]
    data: list[dict[str, Any]] = [{"MetricName": "DriftJudged", "Value": len(judged)}]
    if judged:
        data.append({"MetricName": "DriftSeverity", "Value": max(run.verdict.severity for run in judged)})
    for run in judged:
        of_group = [{"Name": "LogGroup", "Value": run.group.log_group}]
        data.append({"MetricName": "DriftSeverity", "Dimensions": of_group, "Value": run.verdict.severity})
        for finding in run.findings:
            of_signal = [*of_group, {"Name": "Signal", "Value": finding.signal}]
            for name, value in (
                ("Psi", finding.psi),
                ("JensenShannon", finding.jensen_shannon),
                ("Effect", finding.effect),
            ):
                if value is not None:
                    data.append({"MetricName": name, "Dimensions": of_signal, "Value": float(value)})
    return data


def publish(cloudwatch: Any, runs: Iterable[Run]) -> None:
    """Put the metrics, at most 1,000 in a call as CloudWatch allows."""
    data = metrics(runs)
    for start in range(0, len(data), 1000):
        cloudwatch.put_metric_data(Namespace=NAMESPACE, MetricData=data[start : start + 1000])
