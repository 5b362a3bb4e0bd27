"""What a run says, as documents in `quality-*` and as metrics in CloudWatch.

`quality-YYYY.MM` holds the history: a document for each run (`kind` is `run`) and for each day of predictions (`day`,
written anew while the day is in the window). `quality-now` holds the newest run of each group (`now`) and one document
for all of them together (`overview`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from opensearchpy import OpenSearch, helpers

from monitors.quality.correctness import Task
from monitors.quality.judged import QualityRun
from monitors.quality.judging import Comparison, Standing
from monitors.reporting.metrics import put
from monitors.reporting.periods import iso

NOW = "quality-now"
LINK = "/app/dashboards#/view/quality?_g=(time:(from:'{start}',to:'{end}'))"
"""Where in Dashboards the predictions behind a run are."""
MOST_DETAILS = 200
"""Labels, and cells of the confusion matrix, that are stored of a run: the most frequent ones."""
MOST_COMPARISONS = 50
"""An event holds 256 KiB at most."""
WATCHED = {"accuracy": "Accuracy", "mean_absolute_error": "MeanAbsoluteError", "overlap": "LabelOverlap"}
"""Figures that are metrics."""


def index(moment: datetime) -> str:
    """Return the month's index."""
    return f"quality-{moment:%Y.%m}"


def head(run: QualityRun) -> dict[str, Any]:
    """Return a run without its details: the head of every document and event."""
    reference, age = run.reference, run.age
    return {
        "@timestamp": iso(run.period.end),
        "run": run.identity,
        "log_group": run.group.log_group,
        "model": {"version": run.group.model_version},
        "task": run.task,
        "window": {
            "from": iso(run.period.start),
            "to": iso(run.period.end),
            "predictions": run.predictions,
            "link": LINK.format(start=iso(run.period.start), end=iso(run.period.end)),
        },
        "truths": run.truths,
        "coverage": run.coverage,
        "age": age and {"newest_prediction": iso(age.newest_prediction), "mean_delay_hours": age.mean_delay_hours},
        "standing": run.standing,
        "severity": run.standing.severity,
        "words": run.words,
        "figures": run.quality.figures() if run.quality else {},
        "comparisons": [asdict(each) for each in most_telling(run.comparisons)],
        "reference": reference
        and {
            "name": reference.name,
            "revision": reference.revision,
            "from": iso(reference.period.start),
            "to": iso(reference.period.end),
            "truths": reference.quality.rows,
            "figures": reference.quality.figures(),
        },
    }


def most_telling(comparisons: Iterable[Comparison]) -> list[Comparison]:
    """Return the comparisons that a person should see, the worst first; there is one for each label."""
    return sorted(comparisons, key=lambda each: (-each.standing.severity, each.p_value))[:MOST_COMPARISONS]


def detail(run: QualityRun) -> dict[str, Any]:
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


def documents(runs: Sequence[QualityRun], waiting: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    """Yield the bulk actions of all runs of one moment. The same runs give the same documents."""
    for run in runs:
        document = head(run) | {"detail": detail(run)}
        yield _action(index(run.period.end), f"{run.identity} run", document | {"kind": "run"})
        yield _action(NOW, f"{run.key} now", document | {"kind": "now"})
        for day in run.days:
            of_day = {
                "@timestamp": iso(day.start),
                "kind": "day",
                "log_group": run.group.log_group,
                "model": {"version": run.group.model_version},
                "task": run.task,
                "window": {"predictions": day.predictions},
                "truths": day.truths,
                "coverage": min(1.0, day.truths / day.predictions) if day.predictions else None,
                "figures": _without_none(accuracy=day.accuracy, mean_absolute_error=day.mean_absolute_error),
            }
            yield _action(index(day.start), f"{run.key} {iso(day.start)} day", of_day)
    if runs:
        yield _action(NOW, "overview", overview(runs, waiting))


def overview(runs: Sequence[QualityRun], waiting: Mapping[str, int]) -> dict[str, Any]:
    """Return one document for all groups: the worst standing, accuracy and coverage of all predictions together."""
    worst = max((run.standing for run in runs), key=list(Standing).index)
    made = sum({run.group: run.predictions for run in runs}.values())
    told = sum(run.truths for run in runs)
    classified = [run.quality for run in runs if run.quality and run.task is not Task.REGRESSION]
    rows = sum(each.rows for each in classified)
    accuracy = sum(each.correct for each in classified) / rows if rows else None
    return {
        "@timestamp": iso(runs[0].period.end),
        "kind": "overview",
        "standing": worst,
        "severity": worst.severity,
        "words": "; ".join(f"{run.group}: {run.words}" for run in runs if run.standing is worst)[:1000],
        "window": {"predictions": made},
        "truths": told,
        "coverage": min(1.0, told / made) if made else None,
        "figures": _without_none(accuracy=accuracy),
        "actuals": dict(waiting),
    }


def write(search: OpenSearch, runs: Sequence[QualityRun], waiting: Mapping[str, int]) -> None:
    """Store the runs; raises `BulkIndexError` where any document is refused."""
    helpers.bulk(search, documents(runs, waiting), refresh=True)


def metrics(runs: Iterable[QualityRun]) -> list[dict[str, Any]]:
    """Return CloudWatch data: the worst severity of all (what the alarm watches), and each log group's own figures.

    Severity: 0 nothing to act on, 1 warning, 2 worse. `QualityJudged` counts the groups that had enough truths. Where
    none had, there is no severity, so that silence does not end an alarm.
    """
    runs = list(runs)
    judged = [run for run in runs if run.standing is not Standing.NOT_ENOUGH_DATA]
    data: list[dict[str, Any]] = [{"MetricName": "QualityJudged", "Value": len(judged)}]
    if judged:
        data.append({"MetricName": "QualitySeverity", "Value": max(run.standing.severity for run in judged)})
    for log_group in sorted({run.group.log_group for run in runs}):
        dimensions = [{"Name": "LogGroup", "Value": log_group}]
        data += [
            {"MetricName": name, "Dimensions": dimensions, "Value": value}
            for name, value in _of_log_group([run for run in runs if run.group.log_group == log_group])
        ]
    return data


def _of_log_group(runs: Sequence[QualityRun]) -> Iterator[tuple[str, float]]:
    """Yield the figures of a log group; of several versions those of the one with the most truths."""
    made = sum({run.group: run.predictions for run in runs}.values())
    if made:
        yield "TruthCoverage", min(1.0, sum(run.truths for run in runs) / made)
    largest = max(runs, key=lambda run: run.truths)
    figures = largest.quality.figures() if largest.quality else {}
    for figure, name in WATCHED.items():
        if figure in figures:
            yield name, figures[figure]


def publish(cloudwatch: Any, runs: Iterable[QualityRun], namespace: str) -> None:
    """Put the metrics into `namespace`."""
    put(cloudwatch, metrics(runs), namespace)


def _action(into: str, key: str, document: Mapping[str, Any]) -> dict[str, Any]:
    return {"_op_type": "index", "_index": into, "_id": key, "_source": document}


def _without_none(**values: float | None) -> dict[str, float]:
    return {name: value for name, value in values.items() if value is not None}
