"""Which lines hold predictions, wherever in the line they sit, and which visibly hold one that is no JSON."""

import json
import time
from typing import Any

import pytest

from benchmarks.shipper import hostile
from lambda_shipper.reading.finding import MOST_LEVELS, find_predictions
from lambda_shipper.reading.splitting import MOST_FAILED_STARTS
from tests.shipping import log_events
from tests.written import written_of

FEWER = 30
FOUND: dict[str, Any] = {"text": "Hi.", "prediction": {"label": "acceptable", "score": 0.9}}
OTHER: dict[str, Any] = {"text": "Ho.", "prediction": {"label": "unacceptable", "score": 0.8}}
LINE = json.dumps(FOUND)


def nested(value: Any, levels: int) -> Any:
    for number in range(levels):
        value = [value] if number % 2 else {"inner": value}
    return value


def quoted(text: str, times: int) -> str:
    for _ in range(times):
        text = json.dumps({"message": text})
    return text


@pytest.mark.parametrize(
    "line",
    [
        LINE,
        LINE + "\n",
        "  " + LINE,
        f"[INFO]\t2026-11-22T12:00:00.000Z\t8f0e3c1a-2f5b\t{LINE}\n",
        f"2026-11-22 {{worker 3}} {{}} [] done: {LINE}",
        f"{LINE} and more",
        f"{LINE}END RequestId: 8f0e",
        f'INFO {{"a": 1}} {LINE}',
        f"[{LINE}]",
        json.dumps(FOUND, indent=2),
        json.dumps({"message": FOUND}),
        json.dumps({"message": LINE}),
        json.dumps({"message": f"predicted {LINE}"}),
        json.dumps({"any": {"key": [["scored", FOUND]]}}),
        json.dumps(LINE),
        f"INFO {json.dumps(LINE)}",
        json.dumps({"prediction": FOUND}),
        json.dumps({"prediction": LINE}),
        json.dumps([1, "prediction", {"prediction": [FOUND]}]),
        quoted(LINE, 6),
        json.dumps(nested(FOUND, 20)),
        json.dumps({"message": LINE})[:-1],
        '{"text": "Hi.", "prediction.label": "acceptable", "prediction.score": 0.9}',
        '{"body.text": "Hi.", "body.prediction.label": "acceptable", "body.prediction.score": 0.9}',
        '{"calls.0.text": "Hi.", "calls.0.prediction.label": "acceptable", "calls.0.prediction.score": 0.9}',
    ],
)
def test_prediction_is_found(line: str) -> None:
    assert find_predictions(line) == ([FOUND], None)


@pytest.mark.parametrize("value", [3.5, None, [], ["a", "b"], {"labels": {"a": 0.1}}, "spam", True, "a prediction"])
def test_prediction_may_be_anything(value: Any) -> None:
    assert find_predictions(json.dumps({"prediction": value})).predictions == [{"prediction": value}]


@pytest.mark.parametrize(
    "line",
    [
        LINE + json.dumps(OTHER),
        f"{LINE} {json.dumps(OTHER)}",
        f"{LINE}, {json.dumps(OTHER)}",
        f"{LINE}\n{json.dumps(OTHER)}\n",
        json.dumps([FOUND, OTHER]),
        json.dumps({"results": [FOUND, {"other": 1}, OTHER]}),
        json.dumps({"message": LINE, "then": OTHER}),
        json.dumps({"message": LINE + json.dumps(OTHER)}),
        json.dumps({"prediction": [FOUND, OTHER]}),
        f'{{"traces": [[{{"span": 1}}]]}}{LINE}{{"m": "latency"}}{json.dumps(OTHER)}',
    ],
)
def test_several_predictions_are_found_in_their_order(line: str) -> None:
    contents = find_predictions(line)

    assert [each["prediction"] for each in contents.predictions] == [FOUND["prediction"], OTHER["prediction"]]
    assert contents.unreadable is None


def test_envelope_fills_in_what_the_object_lacks_and_the_object_wins() -> None:
    envelope = {
        "level": "INFO",
        "text": "not this",
        "model": {"name": "m"},
        "message": {"service": "scorer", "level": "DEBUG", "data": json.dumps(FOUND)},
        "list": [1],
    }

    [found] = find_predictions(json.dumps(envelope)).predictions

    assert found == {"level": "DEBUG", "model": {"name": "m"}, "service": "scorer", "list": [1], **FOUND}


def test_object_is_the_prediction_even_if_one_lies_in_another_key_of_it() -> None:
    line = json.dumps({**FOUND, "previous": OTHER})

    assert find_predictions(line).predictions == [{**FOUND, "previous": OTHER}]


def test_large_envelope_is_not_repeated_for_every_prediction() -> None:
    envelope = {"context": "x" * 100_000, "request_id": "r-1", "results": [FOUND] * 1000}

    found = find_predictions(json.dumps(envelope)).predictions

    assert found == [{"request_id": "r-1", **FOUND}] * 1000


def test_broken_prediction_beside_one_that_can_be_read_is_kept_too() -> None:
    found, unreadable = find_predictions(LINE + LINE[:-1])

    assert found == [FOUND]
    assert unreadable is not None
    assert unreadable.reason == "broken_json"


def test_another_notation_beside_a_prediction_in_json_is_no_second_one() -> None:
    assert find_predictions(f"prediction=acceptable {LINE}") == ([FOUND], None)


@pytest.mark.parametrize("levels", [MOST_LEVELS + 1, 200, 900])
def test_prediction_below_any_sensible_depth_is_kept_raw(levels: int) -> None:
    found, unreadable = find_predictions(json.dumps(nested(FOUND, levels)))

    assert found == []
    assert unreadable is not None
    assert unreadable.reason in ("too_deep", "broken_json")


@pytest.mark.parametrize(
    "line",
    [
        LINE * 6000,
        json.dumps([FOUND] * 6000),
        '{"a":' * 100_000 + '"prediction": 1',
        "[" * 500_000 + '{"prediction": 1}',
        '{"x' * 300_000 + '"prediction": 1}',
        '"{' * 300_000 + '"prediction": 1}',
        "prediction " * 90_000,
        "prediction: " + " " * 900_000,
        "prediction:" * 90_000,
        "prediction" + " " * 900_000,
        "prediction:" + "\n " * 400_000,
        "'prediction'" + " " * 900_000,
        '{"prediction": 1} ' + '"\\' * 400_000,
        "prediction: " + "tensor" * 150_000,
        '{"prediction":' * 60_000 + "1" + "}" * 60_000,
        json.dumps({"prediction": "x" * 900_000}),
        quoted(LINE, 15),
        json.dumps({f"key {number}.prediction": number for number in range(30_000)}),
        json.dumps({"prediction.a." * 20_000: 1, "prediction": 1}),
        'prediction={"a": 1} ' * 50_000,
        json.dumps({f"key {number}": {"text": str(number), "prediction": "a"} for number in range(20_000)}),
        json.dumps({f"key {number}": FOUND for number in range(12_000)}),
        "INFO " * 180_000 + LINE,
        f"INFO a: {LINE}\n" * 9000,
        json.dumps({f"key {number}": LINE for number in range(9000)}),
        json.dumps({"key": "prediction", "value": nested("x", 300)}),
    ],
    ids=range(26),
)
def test_line_of_a_megabyte_takes_a_bounded_time_whatever_is_in_it(line: str) -> None:
    started = time.process_time()

    contents = find_predictions(line)

    assert time.process_time() - started < 2
    assert contents.predictions or contents.unreadable or '"' not in line


def test_hostile_lines_take_a_time_in_proportion_to_their_length() -> None:
    """With all of the bytes each takes less than a second: `python -m benchmarks.shipper.hostile`."""
    most = hostile.MOST_CPU_SECONDS / 9
    slow = [name for name, line in hostile.lines(hostile.LINE_BYTES // FEWER) if hostile.cpu_seconds(line) > most]

    assert slow == []


@pytest.mark.parametrize(
    ("logged", "read"),
    [
        ("NaN", None),
        ("-Infinity", None),
        ("1e999", None),
        ("123456789012345678901234567890", 1.2345678901234568e29),
        ("18446744073709551615", 18446744073709551615),
        ("9" * 5000, None),
        (r'"\ud800"', "�"),
        (r'"\ud83d\ude42"', "🙂"),
    ],
)
@pytest.mark.parametrize("behind", ["", " and more"])
def test_what_python_writes_but_json_does_not_know_is_read(logged: str, read: Any, behind: str) -> None:
    assert find_predictions(f'{{"prediction": {{"score": {logged}, "nan": NaN}}}}{behind}').predictions == [
        {"prediction": {"score": read, "nan": None}}
    ]


def test_last_of_duplicate_keys_wins_as_in_python() -> None:
    assert find_predictions('{"prediction": 1, "prediction": 2}').predictions == [{"prediction": 2}]


def test_prefix_with_more_starts_than_are_tried_is_kept_raw() -> None:
    _, unreadable = find_predictions('{"a ' * (MOST_FAILED_STARTS + 1) + LINE)

    assert unreadable is not None
    assert unreadable.reason == "broken_json"


def test_control_message_yields_no_documents() -> None:
    made, ignored = written_of(log_events([LINE]), message_type="CONTROL_MESSAGE")

    assert (made, ignored) == ([], 1)


def test_ignored_lines_are_counted() -> None:
    made, ignored = written_of(log_events([LINE, "START", LINE[:-1], "END"]))

    assert (len(made), ignored) == (2, 2)
