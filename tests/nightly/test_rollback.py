"""A bad version of the served model goes back to the one before: by the event that drift sends, and by hand."""

import json
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from stacks.constructs.inference import PACKAGED_MODEL
from tests.local.conftest import Cloud

SENTENCE = "The boy is sitting on a bench."


@pytest.fixture(scope="module")
def function(cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The served model's function, with a good version and, serving, one whose labels are swapped."""
    swapped = Path(shutil.copytree(PACKAGED_MODEL, tmp_path_factory.mktemp("models") / "swapped"))
    (swapped / "labels.json").write_text('["acceptable", "unacceptable"]')
    for settings in (["-c", "on_drift=rollback"], ["-c", f"model_dir={swapped}"]):
        done = cloud.predmon("up", *settings, timeout=600)
        assert done.returncode == 0, done.stdout + done.stderr
    return cloud.outputs["InferenceFunctionName"].partition(":")[0]


def ask(cloud: Cloud, function: str) -> str:
    """Return the label that the alias answers with."""
    payload = json.dumps({"sentence": SENTENCE})
    answer: Any = cloud.client("lambda").invoke(FunctionName=f"{function}:live", Payload=payload)
    return str(json.loads(answer["Payload"].read())["prediction"]["label"])


def test_the_event_that_drift_sends_moves_the_alias_once(cloud: Cloud, function: str) -> None:
    assert ask(cloud, function) == "unacceptable"
    detail = {
        **{"action": "incident", "cause": "drift", "log_group": "g", "model": {"version": "v"}, "words": "w"},
        **{"since": datetime.now(UTC).isoformat(), "dry_run": False, "deployment": "PredictionMonitoring"},
    }
    event = {"Source": "prediction-monitoring", "DetailType": "PredictionAction", "Detail": json.dumps(detail)}

    for _ in range(2):
        cloud.client("events").put_events(Entries=[event])
        until = time.monotonic() + 60
        while ask(cloud, function) != "acceptable":
            assert time.monotonic() < until
            time.sleep(1)

    assert cloud.client("lambda").get_alias(FunctionName=function, Name="live")["FunctionVersion"] == "1"


def test_a_person_goes_forth_and_back(cloud: Cloud, function: str) -> None:
    forth = cloud.predmon("rollback", "--forth")
    assert forth.returncode == 0 and ask(cloud, function) == "unacceptable", forth.stderr
    back = cloud.predmon("rollback")
    assert back.returncode == 0 and ask(cloud, function) == "acceptable", back.stderr
    again = cloud.predmon("rollback")
    assert again.returncode != 0 and "no version before 1 holds another model" in " ".join(again.stderr.split())
