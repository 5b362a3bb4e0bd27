"""The log line: its keys, and what it keeps of the text."""

import hashlib
import json
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from inference_lambda.model import Model
from inference_lambda.prediction import log_line, predict

MakeFolder = Callable[..., Path]

TEXT = 'Zoë said "yes" 🌱\nand left.'


@pytest.fixture
def model(make_folder: MakeFolder) -> Model:
    return Model(make_folder("plain", max_tokens=8), name="mine")


def test_record_has_the_contracts_keys_and_no_others(model: Model) -> None:
    record = predict(model, TEXT, "r-1")

    assert record["text"] == TEXT
    assert record["prediction"].keys() == {"label", "score"}
    assert record["model"] == {"name": "mine", "version": model.version}
    assert 0 < record["latency_ms"] < 1000
    assert record.keys() == {"text", "prediction", "model", "latency_ms", "request_id", "prediction_id", "truncated"}
    assert predict(model, "the boy", "r-1").keys() == record.keys() - {"truncated"}


def test_line_is_one_line_of_ascii_that_reads_back(model: Model) -> None:
    record = predict(model, TEXT + "\u2028\x85\r\n", "r-1")

    line = log_line(record, "full")

    assert len(line.splitlines()) == 1 and line.isascii()
    assert json.loads(line) == record


def test_hash_replaces_the_text(model: Model) -> None:
    line = log_line(predict(model, TEXT, "r-1"), "hash")

    assert json.loads(line)["text"] == "sha256:" + hashlib.sha256(TEXT.encode()).hexdigest()
    assert "Zo" not in line


def test_none_leaves_the_text_out(model: Model) -> None:
    line = log_line(predict(model, TEXT, "r-1"), "none")

    assert "text" not in json.loads(line)
    assert json.loads(line)["prediction"]["label"] == "long"


def test_each_prediction_has_an_id_of_its_own_that_holds_its_time(model: Model) -> None:
    before = time.time_ns() // 1_000_000

    ids = [uuid.UUID(predict(model, TEXT, "r-1")["prediction_id"]) for _ in range(20)]

    assert len(set(ids)) == 20
    assert {(each.version, each.variant) for each in ids} == {(7, uuid.RFC_4122)}
    assert all(before <= each.int >> 80 <= time.time_ns() // 1_000_000 for each in ids)
