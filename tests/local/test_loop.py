"""The whole loop: a sentence goes through model, log group, filter and shipper into OpenSearch."""

import json
import socket
import time
import uuid
from contextlib import ExitStack
from typing import Any

import psutil
import pytest
import requests

from predmon.local.cloud import PREFERRED_PORTS
from predmon.sentences import read_sentences
from tests.local.conftest import ROOT, Cloud

SENTENCES = ROOT / "predmon" / "local" / "sentences.csv"


@pytest.fixture(scope="module")
def sent(cloud: Cloud) -> str:
    """Send all sentences of the repository, and return what `predmon send` printed."""
    done = cloud.predmon("send", str(SENTENCES), "--wait")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def all_documents(cloud: Cloud) -> list[dict[str, Any]]:
    hits = cloud.search.search(index="cwl-*", body={"size": 10_000, "query": {"match_all": {}}})["hits"]["hits"]
    return [hit["_source"] for hit in hits]


def wait_for(cloud: Cloud, query: dict[str, Any], *, seconds: float) -> dict[str, Any]:
    """Return the first document that `query` finds within `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        hits = cloud.search.search(index="cwl-*", body={"query": query})["hits"]["hits"]
        if hits:
            return hits[0]["_source"]
        time.sleep(0.05)
    raise AssertionError(f"nothing found within {seconds} s: {query}")


def test_every_sentence_that_was_sent_is_indexed(sent: str) -> None:
    count = len(read_sentences(SENTENCES))

    assert f"sent {count} = indexed {count}  (ignored 0, kept raw 0, failed 0)" in sent
    assert "/goto/" in sent


def test_every_sentence_is_found_with_the_tutorials_fields(cloud: Cloud, sent: str) -> None:
    documents = all_documents(cloud)

    assert set(read_sentences(SENTENCES)) <= {document["text"] for document in documents}
    for document in documents:
        assert document["prediction"]["label"] in ("acceptable", "unacceptable")
        assert 0.5 <= document["prediction"]["score"] <= 1
        assert document["@timestamp"].endswith("Z")
        assert document["@log_group"] == cloud.outputs["LogGroupNames"]
    labels = {"terms": {"field": "prediction.label.keyword"}}
    found = cloud.search.search(index="cwl-*", body={"size": 0, "aggs": {"labels": labels}})
    assert sum(bucket["doc_count"] for bucket in found["aggregations"]["labels"]["buckets"]) == len(documents)


def test_a_sentence_is_found_by_its_words(cloud: Cloud, sent: str) -> None:
    sentence = next(each for each in read_sentences(SENTENCES) if len(each.split()) > 8)

    # Shifted copies of a sentence hold its words, too.
    found = cloud.search.search(index="cwl-*", body={"query": {"match_phrase": {"text": sentence}}})["hits"]["hits"]

    texts = {hit["_source"]["text"] for hit in found}
    assert sentence in texts
    assert all(sentence.rstrip(".").lower() in text.lower() for text in texts)


def test_a_burst_starts_few_shippers(cloud: Cloud, sent: str) -> None:
    started = list((cloud.home / "aws" / "tmp").glob("ministack-lambda-*ShipperFunction*"))

    assert 1 <= len(started) <= 8


def test_the_model_really_reads_the_text(cloud: Cloud, sent: str) -> None:
    labels = {document["text"]: document["prediction"]["label"] for document in all_documents(cloud)}

    assert set(labels.values()) == {"acceptable", "unacceptable"}


def test_the_function_url_answers(cloud: Cloud) -> None:
    answer = requests.post(cloud.outputs["InferenceUrl"], json={"sentence": "The lamp hums."}, timeout=30)

    assert answer.status_code == 200
    assert answer.json()["prediction"]["label"] in ("acceptable", "unacceptable")


def test_a_line_from_outside_is_searchable_within_three_seconds(cloud: Cloud) -> None:
    logs = cloud.client("logs")
    group, stream, marker = cloud.outputs["LogGroupNames"], uuid.uuid4().hex, uuid.uuid4().hex
    logs.create_log_stream(logGroupName=group, logStreamName=stream)
    line = json.dumps({"text": marker, "prediction": {"label": "outside", "score": 0.5}})
    message = f"[INFO]\t2026-01-01T00:00:00.000Z\t{uuid.uuid4()}\t{line}\n"
    event = {"timestamp": int(time.time() * 1000), "message": message}

    logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=[event])

    document = wait_for(cloud, {"match": {"text": marker}}, seconds=3)
    assert document["prediction"] == {"label": "outside", "score": 0.5}
    assert document["@log_stream"] == stream


def test_taken_ports_are_said_and_passed_over(cloud: Cloud) -> None:
    for name, port in PREFERRED_PORTS.items():
        assert f"Port {port} is taken: {name} listens on" in cloud.said.replace("\n", " ")


def test_all_parts_listen_on_loopback_only(cloud: Cloud) -> None:
    records = [json.loads(path.read_text()) for path in cloud.home.glob("*/process.json")]
    assert len(records) == 3

    listening = [
        connection.laddr.ip
        for record in records
        for process in [psutil.Process(record["pid"]), *psutil.Process(record["pid"]).children(recursive=True)]
        for connection in process.net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    ]

    assert listening
    assert set(listening) <= {"127.0.0.1", "::1", "::ffff:127.0.0.1"}


def test_a_second_up_uses_what_runs(cloud: Cloud) -> None:
    before = {path: path.read_text() for path in cloud.home.glob("*/process.json")}

    done = cloud.predmon("up")

    assert done.returncode == 0, done.stderr
    assert {path: path.read_text() for path in cloud.home.glob("*/process.json")} == before


def test_the_data_outlives_down_and_up(cloud: Cloud, sent: str) -> None:
    count = cloud.search.count(index="cwl-*")["count"]

    stopped = cloud.predmon("down")
    records = list(cloud.home.glob("*/process.json"))
    status = cloud.predmon("status")
    started = cloud.predmon("up")

    assert "Stopped the dashboards preview, the AWS emulator, OpenSearch." in stopped.stdout
    assert records == []
    assert status.returncode == 1
    assert started.returncode == 0, started.stderr
    assert f"{count:,} predictions indexed" in cloud.predmon("status").stdout


def test_after_a_restart_on_other_ports_everything_meets_again(cloud: Cloud) -> None:
    ports = json.loads((cloud.home / "ports.json").read_text())
    assert cloud.predmon("down").returncode == 0

    with ExitStack() as stack:
        for port in ports.values():
            taken = stack.enter_context(socket.socket())
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(("127.0.0.1", port))
            taken.listen()
        started = cloud.predmon("up")
    sent = cloud.predmon("send", str(ROOT / "tests/local/three.txt"), "--wait")

    assert started.returncode == 0, started.stderr
    assert set(json.loads((cloud.home / "ports.json").read_text()).values()).isdisjoint(ports.values())
    assert "sent 3 = indexed 3" in sent.stdout
    assert requests.get(cloud.outputs["DashboardUrl"], timeout=10).ok
