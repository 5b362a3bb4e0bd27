"""Parts of the drift tests: made-up predictions, how they are indexed, and the hour in which they are compared."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from opensearchpy import OpenSearch, helpers

from monitors.drift.judgement.verdict import Finding
from monitors.drift.reports.report import write
from monitors.drift.reports.run import Run
from monitors.reporting.periods import UNVERSIONED, Group, Period

HOUR = timedelta(hours=1)
NOW = datetime.now(UTC).replace(microsecond=0)
LAST_HOUR = Period(NOW - HOUR, NOW)


def prediction(generator: random.Random, unacceptable: float = 0.3, length: float = 1.0) -> dict[str, Any]:
    label = "unacceptable" if generator.random() < unacceptable else "acceptable"
    score = round(generator.betavariate(5, 2) if label == "unacceptable" else generator.betavariate(9, 1.5), 4)
    characters = round(generator.lognormvariate(4, 0.5) * length)
    return {"prediction": {"label": label, "score": score}, "shipper": {"text_characters": characters}}


def index(search: OpenSearch, group: Group, rows: list[dict[str, Any]], period: Period) -> None:
    """Index rows spread evenly over a period."""
    model = {} if group.model_version == UNVERSIONED else {"model": {"version": group.model_version}}
    actions = []
    for number, row in enumerate(rows):
        moment = period.start + (period.end - period.start) * number / len(rows)
        source = {"@timestamp": moment.isoformat(), "@log_group": group.log_group, **model, **row}
        actions.append({"_index": f"cwl-{moment:%Y.%m.%d}", "_source": source})
    helpers.bulk(search, actions, refresh=True)


def normal(number: int, seed: int = 1, **drift: float) -> list[dict[str, Any]]:
    generator = random.Random(seed)
    return [prediction(generator, **drift) for _ in range(number)]


def signal(run: Run, name: str) -> Finding:
    return next(finding for finding in run.findings if finding.signal == name)


def store(search: OpenSearch, run: Run) -> None:
    """Store a run where searches see it at once."""
    write(search, run)
    search.indices.refresh(index="drift-*")
