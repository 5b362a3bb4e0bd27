"""An upgrade from an earlier state of this repository, with data, as the page on operations describes it."""

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.local.conftest import ROOT, Cloud, predmon

BARE_NUMBERS = {"59facaa": "unknown", "635736d": "refused", "47bb021": "joined"}
"""Three earlier states, and what becomes of a truth for a bare number that was logged then.

The first kept such a line raw, so there is no prediction until it is backfilled. The second stored it as a score.
"""
REFERENCE = "before the upgrade"
LABELLED, NUMBERS, RAW = 400, 12, 7
EDITED = {"type": "visualization", "id": "drift-controls"}
TITLE = "Renamed by hand"


@dataclass(frozen=True)
class Before:
    """A local cloud as an earlier state of the repository made it."""

    commit: str
    checkout: Path
    cloud: Cloud
    labelled: list[str] = field(default_factory=lambda: [f"old-{number}" for number in range(LABELLED)])
    numbers: list[str] = field(default_factory=lambda: [f"bare-{number}" for number in range(NUMBERS)])

    def predmon(self, *words: str) -> str:
        variables = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        variables |= {"PREDMON_HOME": str(self.cloud.home), "PREDMON_TARGET": "local"}
        return run(str(self.checkout / ".venv/bin/predmon"), *words, cwd=self.checkout, env=variables)


def run(*command: str, cwd: Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def log(before: Before) -> None:
    """Log predictions as somebody's function did: with a label, a bare number, and no JSON."""
    now_ms = int(time.time() * 1000)
    messages = [
        {"prediction_id": name, "text": "a sentence", "prediction": {"label": "ab"[number % 2], "score": 0.9}}
        for number, name in enumerate(before.labelled)
    ]
    messages += [{"prediction_id": name, "prediction": 12.5} for name in before.numbers]
    lines = [json.dumps(message) for message in messages] + ['{"prediction": {"label": '] * RAW
    logs, (group, *_) = before.cloud.client("logs"), before.cloud.outputs["LogGroupNames"].split(",")
    logs.create_log_stream(logGroupName=group, logStreamName="upgrade")
    first = now_ms - len(lines) * 10_000
    events: Any = [{"timestamp": first + 10_000 * number, "message": line} for number, line in enumerate(lines)]
    logs.put_log_events(logGroupName=group, logStreamName="upgrade", logEvents=events)


def count(cloud: Cloud, index: str) -> int:
    cloud.search.indices.refresh(index="*", ignore_unavailable=True)
    return int(cloud.search.count(index=index, ignore_unavailable=True)["count"])


def wait_for(number: int, counted: Callable[[], int]) -> None:
    until = time.monotonic() + 60
    while (found := counted()) < number:
        assert time.monotonic() < until, f"{found} of {number}"
        time.sleep(0.5)


def edit(cloud: Cloud) -> None:
    """Rename a visualization, as a person does in Dashboards."""
    url, headers = f"{cloud.env['DASHBOARDS_URL']}/api/saved_objects", {"osd-xsrf": "true"}
    edited = requests.get(f"{url}/{EDITED['type']}/{EDITED['id']}", headers=headers, timeout=30).json()
    edited["attributes"]["title"] = TITLE
    file = {"file": ("edit.ndjson", json.dumps(edited))}
    answer = requests.post(f"{url}/_import?overwrite=true", headers=headers, files=file, timeout=30)
    assert answer.json()["success"] is True, answer.text


@pytest.fixture(scope="module", params=BARE_NUMBERS)
def before(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Before]:
    """An earlier state that runs, with predictions, a frozen reference and an edit."""
    folder = tmp_path_factory.mktemp(request.param)
    run("git", "clone", "-q", "--shared", "--no-checkout", str(ROOT), "checkout", cwd=folder)
    run("git", "checkout", "-q", request.param, cwd=folder / "checkout")
    run("make", "setup", cwd=folder / "checkout")
    made = Before(request.param, folder / "checkout", Cloud(folder / "home", ""))
    try:
        made.predmon("up")
        log(made)
        wait_for(LABELLED + NUMBERS + RAW, lambda: count(made.cloud, "cwl-*,raw-*"))
        now = datetime.now(UTC)
        period = ("--from", (now - timedelta(hours=3)).isoformat(), "--to", now.isoformat())
        made.predmon("drift", "baseline", *period, "--name", REFERENCE)
        edit(made.cloud)
        yield made
    finally:
        predmon(made.cloud.home, "down", "--remove-data")


@pytest.fixture(scope="module")
def upgraded(before: Before) -> Before:
    """The same after `make setup` and `predmon up` of this state."""
    done = predmon(before.cloud.home, "up", timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    return before


def test_predictions_stay_and_raw_lines_are_not_among_them(upgraded: Before) -> None:
    found = json.loads(upgraded.cloud.predmon("status", "--json").stdout)

    assert found["predictions"] + found["kept_raw"] == LABELLED + NUMBERS + RAW
    assert found["kept_raw"] >= RAW
    assert (
        upgraded.cloud.search.count(index="cwl-*", body={"query": {"exists": {"field": "shipper.kept_raw"}}})["count"]
        == 0
    )


def test_the_truth_of_what_was_predicted_before_joins(upgraded: Before, tmp_path: Path) -> None:
    labels, values = tmp_path / "labels.csv", tmp_path / "values.csv"
    labels.write_text("prediction_id,label\n" + "".join(f"{name},a\n" for name in upgraded.labelled))
    values.write_text("prediction_id,value\n" + "".join(f"{name},13\n" for name in upgraded.numbers))

    for file in (labels, values):
        done = upgraded.cloud.predmon("actuals", str(file), "--yes")
        assert done.returncode == 0, done.stdout + done.stderr

    upgraded.cloud.search.indices.refresh(index="prediction-actuals")
    states = upgraded.cloud.search.search(
        index="prediction-actuals", body={"size": 0, "aggs": {"states": {"terms": {"field": "state"}}}}
    )["aggregations"]["states"]["buckets"]
    numbers = BARE_NUMBERS[upgraded.commit]
    expected = {"joined": LABELLED + NUMBERS} if numbers == "joined" else {"joined": LABELLED, numbers: NUMBERS}
    assert {each["key"]: each["doc_count"] for each in states} == expected


def test_references_and_edits_stay(upgraded: Before) -> None:
    cloud = upgraded.cloud
    ran = cloud.predmon("drift", "report", "--run")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert REFERENCE in " ".join(ran.stdout.split())

    if upgraded.commit != "47bb021":
        return  # the previews before wrote down no time of an edit, as Dashboards does
    url = f"{cloud.env['DASHBOARDS_URL']}/api/saved_objects/{EDITED['type']}/{EDITED['id']}"
    assert requests.get(url, timeout=30).json()["attributes"]["title"] == TITLE


def test_pages_and_templates_can_be_written_again(upgraded: Before) -> None:
    done = upgraded.cloud.predmon("import", "--repair", "--overwrite")

    assert done.returncode == 0, done.stdout + done.stderr
