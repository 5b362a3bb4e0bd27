"""What a run says, as documents in `drift-YYYY.MM` and as metrics in CloudWatch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from opensearchpy import OpenSearch, helpers

from drift_lambda.config import NAMESPACE
from drift_lambda.distribution import Distribution, coarser
from drift_lambda.reference import Reference
from drift_lambda.searching import Group, Period, iso
from drift_lambda.verdict import Finding, Verdict

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
    into = index(run)
    head = run.summary()
    verdict = {"verdict": run.verdict, "severity": run.verdict.severity, "words": run.words}
    yield action(into, run, "run", {**head, "kind": "run", **verdict})
    for finding in run.findings:
        yield action(into, run, finding.signal, {**head, "kind": "signal", **measures(finding), **PSI_LIMITS})
        # Sorts by time: a chart takes the newest alone, since its bins and another's need not be the same.
        known = finding.verdict is not Verdict.NOT_ENOUGH_DATA
        comparison = {"comparison": f"{run.period.end:%Y-%m-%d %H:%M:%S} UTC, {run.group}"} if known else {}
        for number, bin_ in enumerate(_bins(finding.reference, finding.current)):
            label = f"{number:02} {bin_['name']}"  # sorts as the bins do
            named = {"number": number, "label": label, **bin_}
            document = {**head, **comparison, "kind": "bin", "signal": finding.signal, "bin": named}
            yield action(into, run, f"{finding.signal} {number}", document)


def index(run: Run) -> str:
    """The month's index."""
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


def action(into: str, run: Run, part: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """The bulk action for a part of a run, under an id that is the same each time."""
    identity = hashlib.sha256(f"{run.identity} {part}".encode()).hexdigest()[:32]
    return {"_op_type": "index", "_index": into, "_id": identity, "_source": document}


def write(search: OpenSearch, run: Run) -> None:
    """Store a run; raises `BulkIndexError` where any document is refused."""
    helpers.bulk(search, documents(run), refresh=True)


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


def publish(cloudwatch: Any, runs: Iterable[Run], namespace: str = NAMESPACE) -> None:
    """Put the metrics into `namespace`, at most 1,000 in a call as CloudWatch allows."""
    data = metrics(runs)
    for start in range(0, len(data), 1000):
        cloudwatch.put_metric_data(Namespace=namespace, MetricData=data[start : start + 1000])
