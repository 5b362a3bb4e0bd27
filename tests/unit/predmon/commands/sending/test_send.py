"""`predmon send` to a function that answers, refuses or fails."""

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import boto3
import click
import pytest
from botocore.exceptions import EndpointConnectionError
from click.testing import CliRunner, Result

import predmon.commands.sending.arrival
import predmon.commands.sending.send
from predmon.commands.deployment.target import Target
from predmon.commands.sending.arrival import wait_until_indexed
from predmon.commands.sending.send import Sent, send, send_all
from predmon.errors import UserError
from predmon.local.cloud import LocalCloud
from tests.unit.predmon.commands.conftest import Server

ROOT = Path(__file__).resolve().parents[5]
INVOKE = "POST /2015-03-31/functions/model/invocations"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "two.txt"
    path.write_text("One.\nTwo.\n")
    return path


def sent(file: Path, *options: str) -> Result:
    return CliRunner().invoke(send, [str(file), *options])


@pytest.fixture
def model(server: Server) -> Server:
    """A stack with a model."""
    server.has_stack(InferenceFunctionName="model")
    return server


def test_what_the_model_predicts_is_counted(model: Server, file: Path) -> None:
    model.answers[INVOKE] = {"request_id": "1", "prediction": {}}

    result = sent(file, "--parallel", "1")

    assert (result.exit_code, result.output) == (0, "sent 2 of 2\n")
    assert [json.loads(body) for name, body in model.requests if name == INVOKE] == [
        {"sentence": "One."},
        {"sentence": "Two."},
    ]


def test_what_the_model_refuses_is_an_answer(model: Server, file: Path) -> None:
    model.answers[INVOKE] = {"error": "the sentence is too long"}

    result = sent(file)

    assert result.exit_code == 0
    assert "refused 2: the sentence is too long" in result.output


def test_a_function_that_fails_is_a_failure_with_its_reason(model: Server, file: Path) -> None:
    model.answers[INVOKE] = {"errorMessage": "No module named 'onnxruntime'", "errorType": "ImportError"}
    model.headers["X-Amz-Function-Error"] = "Unhandled"

    result = sent(file)

    assert "failed 2: No module named 'onnxruntime'" in result.output
    assert isinstance(result.exception, UserError)
    assert "2 of 2 invocations failed" in str(result.exception)


def test_a_file_without_sentences_is_refused_with_what_to_write(file: Path) -> None:
    file.write_text("\n")

    assert "Write one in each line" in str(sent(file).exception)


def test_the_column_is_named_where_the_file_has_several(model: Server, tmp_path: Path) -> None:
    model.answers[INVOKE] = {"request_id": "1", "prediction": {}}
    reviews = tmp_path / "reviews.csv"
    reviews.write_text("id,review\n1,Lovely.\n")

    unnamed, named = sent(reviews), sent(reviews, "--column", "review")

    assert "--column" in str(unnamed.exception)
    assert [json.loads(body) for name, body in model.requests if name == INVOKE] == [{"sentence": "Lovely."}]
    assert named.output == "sent 1 of 1\n"


def test_the_help_says_what_a_file_may_look_like() -> None:
    said = " ".join(CliRunner().invoke(send, ["--help"]).output.split())

    assert "a sentence a line" in said
    assert "`sentence` or `text`" in said
    assert "--column" in said


@pytest.fixture
def shipped(model: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """A stack with a model and a shipper, with no time to wait for the index."""
    monkeypatch.setattr(predmon.commands.sending.arrival, "WAIT_SECONDS", 0)
    model.has_stack(
        InferenceFunctionName="model",
        ShipperFunctionName="shipper",
        OpenSearchUrl=model.url,
        DashboardUrl="http://dashboard",
    )
    model.answers[INVOKE] = {"request_id": "1", "prediction": {}}
    model.answers["GET /2015-03-31/functions/shipper/configuration"] = {"FunctionName": "shipper"}
    model.answers["POST /"] = {"events": []}
    return model


def test_the_equation_adds_up_when_all_is_there(shipped: Server, file: Path) -> None:
    shipped.answers["POST /cwl-*/_count"] = {"count": 2}

    result = sent(file, "--wait")

    assert result.output.splitlines()[0] == "sent 2 = indexed 2  (ignored 0, kept raw 0, failed 0)"
    assert result.exit_code == 0


def test_predictions_are_looked_for_in_a_field_that_the_index_has_for_whole_ids(shipped: Server, file: Path) -> None:
    shipped.answers["POST /cwl-*/_count"] = {"count": 2}
    template = json.loads((ROOT / "contracts/templates/predictions.json").read_text())

    sent(file, "--wait")

    asked = json.loads(next(body for name, body in shipped.requests if name == "POST /cwl-*/_count"))
    fields = {field for clause in asked["query"]["bool"]["should"] for field in clause["terms"]}
    assert "request_id.keyword" in fields  # the days that an earlier version made
    assert template["template"]["mappings"]["properties"]["request_id"]["type"] == "keyword"
    assert "request_id" in fields


def test_what_is_missing_is_in_the_equation_and_the_shippers_own_error_beside_it(shipped: Server, file: Path) -> None:
    shipped.answers["POST /cwl-*/_count"] = {"count": 0}
    shipped.answers["POST /"] = {"events": [{"timestamp": 0, "message": "[ERROR] KeyError: 'text'\nTraceback …\n"}]}

    result = sent(file, "--wait")

    assert "sent 2 = indexed 0 + missing 2  (ignored 0, kept raw 0, failed 0)" in result.output
    assert "The shipper's last error: KeyError: 'text'" in str(result.exception)
    assert "predmon logs shipper" in str(result.exception)


def test_an_emulator_that_has_gone_is_not_asked_for_long(closed_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_MAX_ATTEMPTS")
    session = boto3.Session("a", "b", region_name="eu-central-1")
    target = Target({"InferenceFunctionName": "model"}, session, f"http://127.0.0.1:{closed_port}")
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)

    with pytest.raises(EndpointConnectionError):
        send_all(target, ["One."], 1, Sent([], Counter(), Counter()))

    assert len(slept) == 1


def test_waiting_ends_when_a_part_of_the_local_cloud_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LocalCloud, "problem", lambda _: "OpenSearch does not run.")
    target = Target({"OpenSearchUrl": "http://127.0.0.1:1"}, boto3.Session(), "http://127.0.0.1:2")

    with pytest.raises(UserError, match=r"(?s)OpenSearch does not run\..*sent 2"):
        wait_until_indexed(target, ["1", "2"])


def test_an_interrupt_says_how_many_were_sent(model: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model.answers[INVOKE] = {"request_id": "1", "prediction": {}}
    many = tmp_path / "many.txt"
    many.write_text("One.\n" * 500)

    def interrupted(items: Iterable[None], *_: object, **__: object) -> Iterator[None]:
        for _number, item in zip(range(3), items, strict=False):
            yield item
        raise KeyboardInterrupt

    monkeypatch.setattr(predmon.commands.sending.send, "track", interrupted)

    with pytest.raises(click.Abort) as aborted:
        send.main([str(many), "--parallel", "1"], standalone_mode=False)

    requests = len([name for name, _ in model.requests if name == INVOKE])
    assert f"sent {requests} of 500." in str(aborted.value.__cause__)
    assert 3 <= requests < 50
