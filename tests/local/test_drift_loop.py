"""Drift through the whole loop: real sentences through the deployed model, and every place that reports their drift."""

import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from predmon.sentences import read_sentences
from tests.local.conftest import ROOT, Cloud

NORMAL = read_sentences(ROOT / "predmon" / "local" / "sentences.csv")
SAMPLE = 250
BATCH = 50
WAIT_SECONDS = 120


@dataclass(frozen=True)
class Watch:
    """A cloud with a reference of normal sentences, and a queue that receives the events."""

    cloud: Cloud
    queue: str

    def predict(self, sentences: list[str]) -> datetime:
        """Send sentences through the model, wait until all are searchable, and return the moment before the first."""
        began = datetime.now(UTC)
        time.sleep(0.01)
        client, name = self.cloud.client("lambda"), self.cloud.outputs["InferenceFunctionName"]
        for start in range(0, len(sentences), BATCH):
            payload = json.dumps({"sentences": sentences[start : start + BATCH]})
            answer = client.invoke(FunctionName=name, Payload=payload)
            assert "FunctionError" not in answer, answer["Payload"].read()
        since = {"query": {"range": {"@timestamp": {"gte": began.isoformat()}}}}
        wait_until(lambda: self.cloud.search.count(index="cwl-*", body=since)["count"] >= len(sentences))
        return began

    def verdict(self, since: datetime) -> dict[str, Any]:
        """Run `predmon drift report` on the predictions since then, and return what it writes to the index."""
        done = self.cloud.predmon("drift", "report", "--since", since.isoformat())
        assert done.returncode == 0, done.stdout + done.stderr
        body = {"size": 1, "query": {"term": {"kind": "run"}}, "sort": [{"@timestamp": "desc"}]}
        (hit,) = self.cloud.search.search(index="drift-*", body=body)["hits"]["hits"]
        assert hit["_source"]["verdict"] in done.stdout
        return hit["_source"]

    def events(self, *, at_least: int = 0) -> list[dict[str, Any]]:
        """Return the details of the events that reached the queue since the last call; wait for the first so many."""
        sqs, until = self.cloud.client("sqs"), time.monotonic() + WAIT_SECONDS
        found: list[dict[str, Any]] = []
        while True:
            messages = sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages", [])
            for message in messages:
                found.append(json.loads(message["Body"])["detail"])
                sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
            if not messages and (len(found) >= at_least or time.monotonic() > until):
                return found

    def severity(self, since: datetime) -> float:
        """Return the highest `DriftSeverity` in CloudWatch."""
        points = self.cloud.client("cloudwatch").get_metric_statistics(
            Namespace="PredictionMonitoring",
            MetricName="DriftSeverity",
            StartTime=since,
            EndTime=datetime.now(UTC),
            Period=60,
            Statistics=["Maximum"],
        )["Datapoints"]
        return max(point["Maximum"] for point in points)

    def alarms(self) -> bool:
        """Return whether CloudWatch's alarm on the severity is raised."""
        alarms = self.cloud.client("cloudwatch").describe_alarms()["MetricAlarms"]
        (alarm,) = [each for each in alarms if each["MetricName"] == "DriftSeverity"]
        return alarm["StateValue"] == "ALARM"

    def dashboard(self) -> str:
        """Return what the dashboard Drift shows, all panels together."""
        answer = requests.get(f"{self.cloud.outputs['DashboardsUrl']}/preview/dashboards/drift/data", timeout=30)
        answer.raise_for_status()
        assert "error" not in {panel["kind"] for panel in answer.json()["panels"].values()}, answer.text
        return json.dumps(answer.json(), ensure_ascii=False)


def wait_until(holds: Any) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"not so within {WAIT_SECONDS} s"
        time.sleep(0.1)


def shuffled(sentences: list[str]) -> list[str]:
    generator = random.Random(1)
    return [" ".join(generator.sample(each.split(), len(each.split()))) for each in sentences]


def in_chat(sentences: list[str]) -> list[str]:
    """Return the same sentences as a person in a hurry types them."""
    letters = str.maketrans("", "", ".,;:!?'\"’“”")
    return [
        f"{each.lower().translate(letters).replace('you', 'u')} lol idk tbh u know what i mean" for each in sentences
    ]


def in_german(_sentences: list[str]) -> list[str]:
    generator = random.Random(2)
    who = ["Der Hund", "Meine Schwester", "Das alte Haus", "Ein Zug", "Die Nachbarin", "Unser Lehrer"]
    does = ["wartet seit gestern", "singt leise", "steht ganz allein", "kommt morgen zurück", "lacht über alles"]
    where = ["vor dem Bahnhof.", "im Garten.", "an der Ecke.", "in einer kleinen Stadt.", "auf dem Dach."]
    return [f"{generator.choice(who)} {generator.choice(does)} {generator.choice(where)}" for _ in range(SAMPLE)]


@pytest.fixture(scope="module")
def watch(cloud: Cloud) -> Watch:
    sqs, events = cloud.client("sqs"), cloud.client("events")
    queue = sqs.create_queue(QueueName="drift")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    pattern = {"source": ["prediction-monitoring"], "detail-type": ["PredictionDrift"]}
    events.put_rule(Name="drift", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="drift", Targets=[{"Id": "queue", "Arn": arn}])
    made = Watch(cloud, queue)
    began = made.predict(NORMAL)
    done = cloud.predmon(
        "drift", "baseline", "--from", began.isoformat(), "--to", datetime.now(UTC).isoformat(), "--reference", "normal"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return made


@pytest.fixture
def broken_model(cloud: Cloud, tmp_path: Path) -> Iterator[None]:
    """Deploy the same model with its labels swapped in place of the right one."""
    for file in (ROOT / "inference_lambda" / "model").iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    labels = json.loads((tmp_path / "labels.json").read_text())
    (tmp_path / "labels.json").write_text(json.dumps(labels[::-1]))
    client, name = cloud.client("lambda"), cloud.outputs["InferenceFunctionName"]
    before = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]

    def configure(variables: dict[str, str]) -> None:
        client.update_function_configuration(FunctionName=name, Environment={"Variables": variables})

    configure(before | {"MODEL_DIR": str(tmp_path)})
    yield
    configure(before)


def normal(seed: int) -> list[str]:
    return random.Random(seed).sample(NORMAL, SAMPLE)


def test_normal_sentences_are_stable_and_raise_no_event(watch: Watch) -> None:
    run = watch.verdict(watch.predict(normal(1)))

    assert (run["verdict"], run["reference"]["name"]) == ("stable", "normal")
    assert watch.events() == []


@pytest.mark.parametrize("kind", [shuffled, in_chat, in_german])
def test_sentences_of_another_kind_are_drift_until_normal_ones_are_back(watch: Watch, kind: Any) -> None:
    began = datetime.now(UTC)

    drifted = watch.verdict(watch.predict(kind(normal(2))))
    said = watch.events(at_least=1)

    assert drifted["verdict"] == "drift"
    assert [(event["verdict"], event["words"]) for event in said] == [("drift", drifted["words"])]
    assert watch.severity(began) == 2
    wait_until(watch.alarms)
    assert drifted["words"] in watch.dashboard()

    cleared = watch.verdict(watch.predict(normal(3)))

    assert cleared["verdict"] == "stable"
    assert [event["verdict"] for event in watch.events(at_least=1)] == ["stable"]


def test_a_broken_model_is_drift_and_the_right_one_clears_it(watch: Watch, broken_model: None) -> None:
    run = watch.verdict(watch.predict(normal(4)))
    (event,) = watch.events(at_least=1)

    assert run["verdict"] == event["verdict"] == "drift"
    label = next(signal for signal in event["signals"] if signal["signal"] == "label")
    assert label["verdict"] == "drift"


def test_the_right_model_clears_what_the_broken_one_raised(watch: Watch) -> None:
    run = watch.verdict(watch.predict(normal(5)))

    assert run["verdict"] == "stable"
    assert [event["verdict"] for event in watch.events(at_least=1)] == ["stable"]


def test_predictions_too_few_are_not_called_stable(watch: Watch) -> None:
    run = watch.verdict(watch.predict(normal(6)[:50]))

    assert run["verdict"] == "not enough data"
    assert watch.events() == []
