"""What a run says, as documents in `quality-*` and as metrics in CloudWatch.

`quality-YYYY.MM` holds the history: a document for each run (`kind` is `run`) and for each day of predictions (`day`,
written anew while the day is in the window). `quality-now` holds the newest run of each group (`now`) and one document
for all of them together (`overview`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from opensearchpy import OpenSearch, helpers

from contracts.indices import QUALITY
from monitors.quality.all_groups import NOW
from monitors.quality.arrival import LOOK_BACK
from monitors.quality.correctness import Task
from monitors.quality.judging import Finding, Verdict
from monitors.quality.run import Run, key_of
from monitors.reporting.holding import add_held
from monitors.reporting.keeping import forget_gone
from monitors.reporting.metrics import put
from monitors.reporting.periods import format_iso

LINK = "/app/dashboards#/view/quality?_g=(time:(from:'{start}',to:'{end}'))"
"""Where in Dashboards the predictions behind a run are."""
GONE = 404
MOST_DETAILS = 200
"""Labels, and cells of the confusion matrix, that are stored of a run: the most frequent ones."""
MOST_FINDINGS = 50
"""An event holds 256 KiB at most."""
WATCHED = {"accuracy": "Accuracy", "mean_absolute_error": "MeanAbsoluteError", "overlap": "LabelOverlap"}
"""Figures that are metrics."""


def name_index(moment: datetime) -> str:
    """Return the month's index."""
    return QUALITY.name_at(moment)


def make_head(run: Run) -> dict[str, Any]:
    """Return a run without its details: the head of every document and event."""
    reference, age = run.reference, run.age
    return {
        "@timestamp": format_iso(run.made),
        "run": run.identity,
        "log_group": run.group.log_group,
        "model": {"version": run.group.model_version},
        "task": run.task,
        "window": {
            "from": format_iso(run.period.start),
            "to": format_iso(run.period.end),
            "predictions": run.predictions,
            "look": run.look,
            "link": LINK.format(start=format_iso(run.period.start), end=format_iso(run.period.end)),
        },
        "truths": run.actuals,
        "truths_outside": {"older": run.outside.older, "newer": run.outside.newer},
        "coverage": run.coverage,
        "age": age
        and {"newest_prediction": format_iso(age.newest_prediction), "mean_delay_hours": age.mean_delay_hours},
        "standing": run.verdict,
        "severity": run.verdict.severity,
        "words": run.explanation,
        "figures": run.quality.figures() if run.quality else {},
        "comparisons": [_describe(each) for each in pick_most_telling(run.findings)],
        "reference": reference
        and {
            "name": reference.name,
            "revision": reference.revision,
            "from": format_iso(reference.period.start),
            "to": format_iso(reference.period.end),
            "truths": reference.quality.rows,
            "figures": reference.quality.figures(),
        },
    }


def _describe(finding: Finding) -> dict[str, Any]:
    """Return a finding under the names that are stored."""
    return {
        "figure": finding.figure,
        "standing": finding.verdict,
        "words": finding.explanation,
        "before": finding.before,
        "now": finding.now,
        "p_value": finding.p_value,
    }


def pick_most_telling(findings: Iterable[Finding]) -> list[Finding]:
    """Return the comparisons that a person should see, the worst first; there is one for each label."""
    return sorted(findings, key=lambda each: (-each.verdict.severity, each.p_value))[:MOST_FINDINGS]


def make_detail(run: Run) -> dict[str, Any]:
    """Return what is stored beside the figures: per label, confusion matrix, reliability curve, segments."""
    quality = run.quality
    if quality is None:
        return {}
    labels = sorted(quality.labels, key=lambda each: (-each.support, each.label))[:MOST_DETAILS]
    cells = sorted(quality.confusion.items(), key=lambda each: (-each[1], each[0]))[:MOST_DETAILS]
    return {
        "labels": [
            asdict(each) | {"precision": each.precision, "recall": each.recall, "f1": each.f1} for each in labels
        ],
        "confusion": [{"actual": actual, "prediction": said, "rows": rows} for (actual, said), rows in cells],
        "confidence": [
            {"bin": each.number, "rows": each.rows, "confidence": each.confidence, "accuracy": each.accuracy}
            for each in quality.bins
        ],
        "segments": [asdict(each) for each in run.segments],
    }


def make_documents(run: Run) -> Iterator[dict[str, Any]]:
    """Yield the bulk actions of a run. The same run gives the same documents."""
    document = make_head(run) | {"detail": make_detail(run)}
    yield _make_action(name_index(run.made), f"{run.identity} run", document | {"kind": "run"})
    yield _make_action(NOW, f"{run.key} now", document | {"kind": "now"})
    for day in run.days:
        of_day = {
            "@timestamp": format_iso(day.start),
            "kind": "day",
            "log_group": run.group.log_group,
            "model": {"version": run.group.model_version},
            "task": run.task,
            "window": {"predictions": day.predictions},
            "truths": day.actuals,
            "coverage": min(1.0, day.actuals / day.predictions) if day.predictions else None,
            "figures": _drop_none(accuracy=day.accuracy, mean_absolute_error=day.mean_absolute_error),
        }
        yield _make_action(name_index(day.start), f"{run.key} {format_iso(day.start)} day", of_day)


def make_overview(runs: Sequence[Run], waiting: Mapping[str, int]) -> dict[str, Any]:
    """Return one document for all groups: the worst standing, accuracy and coverage of all predictions together."""
    worst = max((run.verdict for run in runs), key=lambda verdict: verdict.rank)
    made = sum({run.group: run.predictions for run in runs}.values())
    told = sum(run.actuals for run in runs)
    classified = [run.quality for run in runs if run.quality and run.task is not Task.REGRESSION]
    rows = sum(each.rows for each in classified)
    accuracy = sum(each.correct for each in classified) / rows if rows else None
    return {
        "@timestamp": format_iso(runs[0].made),
        "kind": "overview",
        "standing": worst,
        "severity": worst.severity,
        "words": "; ".join(f"{run.group}: {run.explanation}" for run in runs if run.verdict is worst)[:1000],
        "window": {"predictions": made},
        "truths": told,
        "coverage": min(1.0, told / made) if made else None,
        "figures": _drop_none(accuracy=accuracy),
        "actuals": dict(waiting),
    }


def write(search: OpenSearch, runs: Sequence[Run]) -> None:
    """Store the runs of a log group; raises `BulkIndexError` where any document is refused.

    What was said of a group while it had no actual is removed once it has one: the group would stand there twice.
    """
    actions = [action for run in runs for action in make_documents(run)]
    add_held(search, NOW, [each for each in actions if each["_source"]["kind"] == "now"], "standing")
    helpers.bulk(search, actions)
    for group in {run.group: run for run in runs if run.task}.values():
        _delete_ghosts(search, group)


def _delete_ghosts(search: OpenSearch, run: Run) -> None:
    ghost = key_of(run.group, None)
    deleted, _ = helpers.bulk(search, [_delete(NOW, f"{ghost} now")], ignore_status=(GONE,))
    if deleted:
        last = run.made.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        days = (last - timedelta(days=number) for number in range(LOOK_BACK.days))
        actions = [_delete(name_index(day), f"{ghost} {format_iso(day)} day") for day in days]
        helpers.bulk(search, actions, ignore_status=(GONE,))


def write_overview(search: OpenSearch, runs: Sequence[Run], waiting: Mapping[str, int]) -> None:
    """Store the document for all groups together, forget groups that are long gone, and let the pages see it all."""
    if runs:
        helpers.bulk(search, [_make_action(NOW, "overview", make_overview(runs, waiting))])
        forget_gone(search, NOW, runs[0].made)
    search.indices.refresh(index="quality-*", params={"ignore_unavailable": "true"})


def make_metrics(runs: Iterable[Run]) -> list[dict[str, Any]]:
    """Return CloudWatch data: the worst severity of all (what the alarm watches), and each log group's own figures.

    Severity: 0 nothing to act on, 1 warning, 2 worse. `QualityJudged` counts the groups that had enough truths. Where
    none had, there is no severity, so that silence does not end an alarm.
    """
    runs = list(runs)
    judged = [run for run in runs if run.verdict is not Verdict.NOT_ENOUGH_DATA]
    data: list[dict[str, Any]] = [{"MetricName": "QualityJudged", "Value": len(judged)}]
    if judged:
        data.append({"MetricName": "QualitySeverity", "Value": max(run.verdict.severity for run in judged)})
    for log_group in sorted({run.group.log_group for run in runs}):
        dimensions = [{"Name": "LogGroup", "Value": log_group}]
        data += [
            {"MetricName": name, "Dimensions": dimensions, "Value": value}
            for name, value in _list_figures([run for run in runs if run.group.log_group == log_group])
        ]
    return data


def _list_figures(runs: Sequence[Run]) -> Iterator[tuple[str, float]]:
    """Yield the figures of a log group; of several versions those of the one with the most truths."""
    made = sum({run.group: run.predictions for run in runs}.values())
    if made:
        yield "TruthCoverage", min(1.0, sum(run.actuals for run in runs) / made)
    largest = max(runs, key=lambda run: run.actuals)
    figures = largest.quality.figures() if largest.quality else {}
    for figure, name in WATCHED.items():
        if figure in figures:
            yield name, figures[figure]


def publish(cloudwatch: Any, runs: Iterable[Run], namespace: str) -> None:
    """Put the metrics into `namespace`."""
    put(cloudwatch, make_metrics(runs), namespace)


def _make_action(into: str, key: str, document: Mapping[str, Any]) -> dict[str, Any]:
    return {"_op_type": "index", "_index": into, "_id": key, "_source": document}


def _delete(into: str, key: str) -> dict[str, Any]:
    return {"_op_type": "delete", "_index": into, "_id": key}


def _drop_none(**values: float | None) -> dict[str, float]:
    return {name: value for name, value in values.items() if value is not None}
