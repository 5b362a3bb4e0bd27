"""Actuals in log lines: a fifth outcome, stored under the id of their prediction and counted."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from contracts import actuals
from lambda_shipper.domain.client import open_client
from lambda_shipper.handler import handler
from tests.shipping import NOON, Context, Reply, Wire, item_error, log_events, payload, prediction, wire
from tests.written import written

GROUP = "/aws/lambda/inference"


def line(id: Any, actual: Any, **more: Any) -> str:
    return json.dumps({"prediction": {"id": id}, "actual": actual, **more})


def made(*lines: str, **settings: Any) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    return [(each.target, each.document) for each in written(lines, **settings)]


def test_an_actual_is_stored_under_a_hash_of_the_id_with_its_time_as_version() -> None:
    [(target, document)] = made(line("p1", {"label": "spam"}))

    assert target == {
        "_index": "prediction-actuals",
        "_id": actuals.identity("p1", GROUP),
        "version": actuals.version(NOON, {"label": "spam"}),
        "version_type": "external",
    }
    assert document == {
        "@timestamp": "2026-11-22T12:00:00.000Z",
        "prediction_id": "p1",
        "named_log_group": GROUP,
        "actual": {"label": "spam"},
        "source": GROUP,
        "state": "waiting",
    }


@pytest.mark.parametrize(
    ("actual", "stored"),
    [
        ({"label": "spam"}, {"label": "spam"}),
        ({"label": 1.0}, {"label": "1"}),
        ({"label": True}, {"label": "true"}),
        ({"value": 3.5}, {"value": 3.5}),
        ({"value": "3.5"}, {"value": 3.5}),
        ({"labels": ["a", 2]}, {"labels": ["a", "2"]}),
        ({"label": "spam", "by": "Ada"}, {"label": "spam"}),
        ("spam", {"label": "spam"}),
        (3.5, {"value": 3.5}),
        (["a", "b"], {"labels": ["a", "b"]}),
        (False, {"label": "false"}),
    ],
)
def test_an_actual_is_read_as_a_prediction_is(actual: Any, stored: dict[str, Any]) -> None:
    assert made(line("p1", actual))[0][1]["actual"] == stored


def test_an_actual_names_another_log_group_only_where_the_settings_let_it() -> None:
    text = line("p1", {"label": "spam", "log_group": "/aws/lambda/a"})

    [(_, refused)] = made(text)
    [(target, document)] = made(text, actuals_log_groups=(GROUP,))
    [(for_all, _)] = made(line("p1", "spam"), actuals_log_groups=(GROUP,))

    assert refused["shipper"]["kept_raw"]["reason"] == "bad_actual"
    assert target["_id"] == actuals.identity("p1", "/aws/lambda/a") != actuals.identity("p1")
    assert (document["named_log_group"], document["actual"]) == ("/aws/lambda/a", {"label": "spam"})
    assert for_all["_id"] == actuals.identity("p1")


@pytest.mark.parametrize(
    "text",
    [
        line("p1", {"label": "spam"}),
        f"[INFO]\t2026-11-22T12:00:00.000Z\t8f0e3c1a\t{line('p1', 'spam')}\n",
        f"[{line('p1', 'spam')}]",
        line("p1", "spam", model={"version": "1"}, comment="seen by Ada"),
        '{"prediction.id": "p1", "actual.label": "spam"}',
        line("p1", "spam").replace('"p1"', '"p1", "label": null'),
    ],
)
def test_an_actual_is_found_at_the_lines_own_level(text: str) -> None:
    [(target, document)] = made(text)

    assert (target["_index"], document["prediction_id"]) == ("prediction-actuals", "p1")
    assert document["actual"] == {"label": "spam"}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"level": "INFO", "message": line("p1", "spam"), "requestId": "8f0e"}),
        json.dumps({"message": json.loads(line("p1", "spam"))}),
        json.dumps(line("p1", "spam")),
    ],
)
def test_an_actual_inside_an_envelope_is_kept_raw_as_quoted(text: str) -> None:
    [(target, document)] = made(text)

    assert target["_index"] == "raw-2026.11.22"
    assert document["shipper"]["kept_raw"]["reason"] == "quoted"


def test_an_envelope_that_the_settings_name_is_the_lines_own_level() -> None:
    text = json.dumps({"level": "INFO", "payload": line("p1", "spam")})

    assert made(text)[0][1]["shipper"]["kept_raw"]["reason"] == "quoted"
    assert made(text, envelopes=("payload",))[0][1]["actual"] == {"label": "spam"}


def test_a_prediction_inside_an_envelope_brings_no_truth() -> None:
    logged = {"prediction": {"label": "ham", "score": 0.9}, "actual": "spam", "prediction_id": "p1"}

    [(target, _)] = made(json.dumps({"message": json.dumps(logged)}))

    assert target["_index"] == "cwl-2026.11.22"


@pytest.mark.parametrize(
    "text",
    [
        line("", "spam"),
        line({"a": 1}, "spam"),
        line(True, "spam"),
        line("p1", {}),
        line("p1", {"tag": 1}),
        line("p1", {"label": {"a": 1}}),
    ],
)
def test_what_is_meant_as_an_actual_and_is_none_is_kept_raw(text: str) -> None:
    [(target, document)] = made(text)

    assert target["_index"] == "raw-2026.11.22"
    assert document["shipper"]["kept_raw"]["reason"] in ("bad_actual", "unknown_shape")
    assert document["@message"] == text


def test_an_id_that_is_a_number_or_very_long_is_written_as_a_predictions_is() -> None:
    long = "x" * 300
    predicted = made(*(json.dumps({"prediction": {"label": "a"}, "prediction_id": id}) for id in (7, long)))

    told = made(line(7, "spam"), line(long, "spam"))

    assert [document["prediction_id"] for _, document in told] == [
        document["prediction_id"] for _, document in predicted
    ]


@pytest.mark.parametrize(("logged", "identity"), [({"prediction_id": "p1"}, "p1"), ({}, f"{0:056d}")])
def test_a_prediction_that_brings_its_truth_is_both(logged: dict[str, Any], identity: str) -> None:
    parts = made(json.dumps({"prediction": {"label": "ham", "score": 0.9}, "actual": {"label": "spam"}, **logged}))

    assert [target["_index"] for target, _ in parts] == ["cwl-2026.11.22", "prediction-actuals"]
    assert parts[1][1]["prediction_id"] == identity
    assert parts[1][1]["actual"] == {"label": "spam"}


def test_a_prediction_whose_actual_is_none_is_indexed_all_the_same() -> None:
    [(target, _)] = made(json.dumps({"prediction": {"label": "ham"}, "actual": {"note": "later"}}))

    assert target["_index"] == "cwl-2026.11.22"


def test_where_no_text_may_be_stored_an_actual_holds_none() -> None:
    [(_, document)] = made(line("p1", "spam", text="Ada lives here."), store_text="none")

    assert "Ada" not in json.dumps(document)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    open_client.cache_clear()
    yield monkeypatch
    open_client.cache_clear()


def shipped(domain: Wire, environment: pytest.MonkeyPatch, lines: list[str]) -> dict[str, int]:
    for name, value in domain.config(failure_bucket="failures").to_env().items():
        environment.setenv(name, value)
    return handler(payload(log_events(lines)), Context())


CONFLICT = "[x]: version conflict, current version [{}] is higher or equal to the one provided [{}]"


@pytest.mark.parametrize(
    ("current", "provided", "contradicted"),
    [(5, 5, 0), (9 << 20, 7 << 20, 0), ((7 << 20) + 9, (7 << 20) + 3, 1)],
)
def test_an_actual_that_is_there_already_is_counted_and_not_sent_again(
    environment: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    current: int,
    provided: int,
    contradicted: int,
) -> None:
    error = item_error(409, "version_conflict_engine_exception", CONFLICT.format(current, provided))
    written = {"index": {"status": 201}}
    answer = json.dumps({"errors": True, "items": [written, {"index": error}]}).encode()
    with wire(lambda request: Reply(200, answer)) as domain:
        counts = shipped(domain, environment, [prediction(1), line("p1", "spam")])
        bulks = [each for each in domain.requests if "_bulk" in each.path]

    assert len(bulks) == 1
    assert (counts["indexed"], counts["actuals"], counts["failed"]) == (1, 1, 0)
    assert counts["predictions"] == counts["indexed"] + counts["kept_raw"] + counts["actuals"] + counts["failed"]
    assert json.loads(capsys.readouterr().out)["contradicted"] == contradicted


def test_a_repeated_prediction_that_a_fuller_one_stands_for_is_counted_and_not_sent_again(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The words are those of OpenSearch 2.19 for `external_gte`."""
    said = "[x]: version conflict, current version [9] is higher than the one provided [3]"
    error = item_error(409, "version_conflict_engine_exception", said)
    answer = json.dumps({"errors": True, "items": [{"index": error}]}).encode()
    repeated = json.dumps({"message": "done", "prediction": {"label": "ham", "score": 0.9}, "prediction_id": "p1"})
    with wire(lambda request: Reply(200, answer)) as domain:
        counts = shipped(domain, environment, [repeated])
        bulks = [each for each in domain.requests if "_bulk" in each.path]

    assert len(bulks) == 1
    assert (counts["indexed"], counts["failed"]) == (1, 0)
    assert json.loads(capsys.readouterr().out)["contradicted"] == 0


@pytest.mark.parametrize(("status", "replaced"), [(201, 0), (200, 1)])
def test_an_actual_in_the_place_of_an_earlier_one_is_counted_and_a_prediction_is_not(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], status: int, replaced: int
) -> None:
    items = [{"index": {"status": 200}}, {"index": {"status": status}}]
    answer = json.dumps({"errors": False, "items": items}, separators=(",", ":")).encode()
    with wire(lambda request: Reply(200, answer)) as domain:
        counts = shipped(domain, environment, [prediction(1), line("p1", "spam")])

    assert (counts["indexed"], counts["actuals"]) == (1, 1)
    assert json.loads(capsys.readouterr().out)["replaced"] == replaced
