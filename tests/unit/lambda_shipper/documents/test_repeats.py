"""What a logger repeats on later lines is one prediction, in every order of delivery."""

import itertools
import json
from typing import Any

import pytest

from tests.shipping import NOON
from tests.written import written

PREDICTION = {"label": "plumbing", "score": 0.91}
INPUT = {"text": "the tap drips"}


def line(message: str, **more: Any) -> str:
    return json.dumps({"level": "INFO", "message": message, "prediction": PREDICTION, **more})


def span(kind: str, **more: Any) -> str:
    return json.dumps(
        {"v": 0, "name": "desk", "msg": f"[CLASSIFY - {kind}]", "level": 30, "prediction": "plumbing", **more}
    )


def ids(*lines: str) -> set[str]:
    return {each.target["_id"] for each in written(lines)}


@pytest.mark.parametrize("name", ["request_id", "prediction_id"])
def test_lines_that_carry_one_prediction_under_one_id_are_one_document(name: str) -> None:
    lines = [line(message, **{name: "r-1"}) for message in ("predicted", "cache written", "done")]

    for order in itertools.permutations(lines):
        assert len(ids(*order)) == 1
    assert len({id for each in lines for id in ids(each)}) == 1


def test_start_event_and_end_of_a_span_are_one_document() -> None:
    lines = [span(kind, **INPUT, request_id="r-1", elapsed_milliseconds=at) for at, kind in enumerate(("START", "END"))]

    assert len(ids(*lines)) == 1


def test_the_fullest_line_stays_in_every_order() -> None:
    lines = [line("predicted", **INPUT, prediction_id="p-1"), line("cache written", prediction_id="p-1")]
    for order in itertools.permutations(lines):
        made = written(order)

        best = max(made, key=lambda each: each.target["version"])
        assert best.document["text"] == "the tap drips"
        assert {each.target["version_type"] for each in made} == {"external_gte"}


def test_of_equally_full_lines_the_earliest_stays() -> None:
    first, second = written([line("predicted", request_id="r-1"), line("done", request_id="r-1")])

    assert first.target["version"] > second.target["version"] > 0


def test_a_line_without_input_belongs_to_the_one_with_it() -> None:
    lines = [line("predicted", **INPUT, request_id="r-1"), line("cache written", request_id="r-1")]

    for order in itertools.permutations(lines):
        assert len(ids(*order)) == 1


def test_lines_around_midnight_are_one_document() -> None:
    lines = [line("predicted", **INPUT, request_id="r-1"), *(line("done", request_id="r-1") for _ in range(3))]
    midnight = (NOON // 86_400_000 + 1) * 86_400_000

    for order in itertools.permutations(lines):
        made = written(order, at=midnight - 2)

        assert len({(each.target["_index"], each.target["_id"]) for each in made}) == 1
        best = max(made, key=lambda each: each.target["version"])
        assert best.document["text"] == "the tap drips"
        assert best.document["@timestamp"][:10] == best.target["_index"][4:].replace(".", "-")


def test_what_messages_say_are_as_many_predictions_as_messages() -> None:
    """A logger repeats its context on later lines, never its message."""
    message = {"prediction": PREDICTION}
    lines = [json.dumps({"level": "INFO", "message": said, "request_id": "r-1"}) for said in (message, message)]

    assert len(ids(*lines)) == 2
    assert len(ids(*(json.dumps({"log": each}) for each in lines))) == 2


def test_lines_of_a_logger_in_an_envelope_are_one_document() -> None:
    lines = [json.dumps({"log": line(message, request_id="r-1")}) for message in ("predicted", "done")]

    assert len(ids(*lines)) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"request_id": "r-1"}, {"request_id": "r-2"}),
        ({"request_id": "r-1", "row": 1}, {"request_id": "r-1", "row": 2}),
        ({"request_id": "r-1", "text": "a"}, {"request_id": "r-1", "text": "b"}),
        ({}, {}),
    ],
)
def test_predictions_that_something_tells_apart_stay_two(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert len(ids(line("predicted", **one), line("predicted", **other))) == 2


def test_an_ordinary_line_keeps_its_log_events_id() -> None:
    logged = json.dumps({"prediction": PREDICTION, **INPUT, "request_id": "r-1", "prediction_id": "p-1"})

    assert ids(logged) == {f"{0:056d}"}
