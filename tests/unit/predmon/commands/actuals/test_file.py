"""Files of actuals as people have them: what is taken, and what is refused with which reason."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from predmon.commands.actuals.file import ActualRow, RefusedRow, read_actuals
from predmon.errors import UserError

TIME = datetime(2026, 11, 1, 12, tzinfo=UTC)
MOMENT = round(TIME.timestamp() * 1000)


def read(folder: Path, text: str, name: str = "actuals.csv") -> tuple[list[ActualRow], list[RefusedRow]]:
    (folder / name).write_text(text, encoding="utf-8")
    return read_actuals(folder / name, default_time=TIME)


@pytest.mark.parametrize(
    ("text", "actual"),
    [
        ("prediction_id,label\np1,spam\n", {"label": "spam"}),
        ("id;actual\np1;spam\n", {"label": "spam"}),
        ("Label\tPrediction_ID\nspam\tp1\n", {"label": "spam"}),
        ("\ufeffid|value\np1|3.5\n", {"value": 3.5}),
        ("id,label\np1,1.0\n", {"label": "1"}),
        ("id,labels\np1,a|b\n", {"labels": ["a", "b"]}),
        ("id,label,comment\np1,spam,seen by Ada\n", {"label": "spam"}),
    ],
)
def test_a_table_names_its_columns(tmp_path: Path, text: str, actual: dict[str, object]) -> None:
    assert read(tmp_path, text) == ([ActualRow(2, "p1", actual, MOMENT, "")], [])


def test_rows_are_named_by_their_line_in_the_file(tmp_path: Path) -> None:
    text = '\ufeffsep=|\nid|label|comment\n\np1|a|"two\nlines"\n\n|b|\n'

    rows, refused = read(tmp_path, text)

    assert ([row.line for row in rows], [row.line for row in refused]) == ([4], [7])


def test_spaces_around_a_field_of_a_table_are_nothing(tmp_path: Path) -> None:
    (row,), _ = read(tmp_path, "Prediction_ID , Labels\n p1 , a | b \n")

    assert (row.prediction_id, row.actual) == ("p1", {"labels": ["a", "b"]})


def test_a_decimal_comma_is_refused_with_the_number_that_is_meant(tmp_path: Path) -> None:
    rows, refused = read(tmp_path, "id;value\np1;0,95\np2;1.234,5\n")

    assert rows == []
    assert [row.reason for row in refused] == [
        'the value "0,95" is no number; with a point: 0.95',
        'the value "1.234,5" is no number',
    ]


@pytest.mark.parametrize("name", ["actuals.json", "actuals.csv", "actuals.txt"])
def test_json_lines_are_read_whatever_the_file_is_called(tmp_path: Path, name: str) -> None:
    rows, _ = read(tmp_path, '{"prediction_id": "p1", "label": "a"}\n', name)

    assert rows == [ActualRow(1, "p1", {"label": "a"}, MOMENT, "")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("prediction_id,label\n", "holds no rows, so there is nothing to store"),
        ("p1,spam\n", "needs a header with `prediction_id`.* Its columns are: p1, spam"),
        ('[{"prediction_id": "p1"}]', r"is a JSON list.*\njq -c '.\[\]' .*actuals.csv > actuals.jsonl"),
    ],
)
def test_a_file_without_rows_or_columns_is_refused_as_a_whole(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        read(tmp_path, text)


@pytest.mark.parametrize(
    "row",
    [
        {"prediction": {"id": "p1"}, "actual": {"label": "spam"}},
        {"prediction": {"id": "p1"}, "actual": "spam"},
        {"prediction_id": "p1", "label": "spam"},
        {"id": "p1", "actual": "spam", "comment": None},
    ],
)
def test_json_lines_are_the_log_lines_or_flat(tmp_path: Path, row: dict[str, object]) -> None:
    rows, refused = read(tmp_path, f"{json.dumps(row)}\n\n", "actuals.jsonl")

    assert (rows, refused) == ([ActualRow(1, "p1", {"label": "spam"}, MOMENT, "")], [])


@pytest.mark.parametrize(
    ("time", "moment"),
    [
        ("2026-11-02T03:04:05Z", 1793588645000),
        ("2026-11-02 03:04:05.678", 1793588645678),
        ("2026-11-02T05:04:05+02:00", 1793588645000),
        ("1793588645", 1793588645000),
        ("1793588645678", 1793588645678),
    ],
)
def test_a_time_is_read_as_people_write_it(tmp_path: Path, time: str, moment: int) -> None:
    rows, _ = read(tmp_path, f"id,label,time,log_group\np1,spam,{time},/aws/lambda/a\n")

    assert rows == [ActualRow(2, "p1", {"label": "spam"}, moment, "/aws/lambda/a")]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("id,label\n,spam\n", 2, "no prediction id"),
        ("id,label\np1,spam\np2,\n", 3, "neither label nor value"),
        ("id,value\np1,high\n", 2, 'the value "high" is no number'),
        ("id,value\np1,nan\n", 2, 'the value "nan" is no number'),
        ("id,label,time\np1,spam,yesterday\n", 2, "the time 'yesterday' is neither ISO 8601 nor seconds since 1970"),
        ("id,label,time\np1,spam,1e300\n", 2, "the time '1e300' is not between 1970 and 2200"),
        ("id,label,time\np1,spam,3000-01-01\n", 2, "the time '3000-01-01' is not between 1970 and 2200"),
        ("id,label,time\np1,spam,0001-01-01\n", 2, "the time '0001-01-01' is not between 1970 and 2200"),
        ("id,label\np1,spam\np1,ham\n", 3, "line 2 says something else for this id and time"),
    ],
)
def test_a_row_that_is_no_actual_is_refused_with_its_line(tmp_path: Path, text: str, line: int, reason: str) -> None:
    rows, refused = read(tmp_path, text)

    assert refused == [RefusedRow(line, reason)]
    assert len(rows) == text.count("\n") - 2


def test_the_same_row_twice_is_one_and_two_times_of_one_prediction_are_two(tmp_path: Path) -> None:
    text = "id,label,time\np1,a,2026-11-01\np1,a,2026-11-01\np1,b,2026-11-02\n"

    rows, refused = read(tmp_path, text)

    assert ([row.actual["label"] for row in rows], refused) == (["a", "b"], [])


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", "id,text\np1,Hello\n", "needs a header with `prediction_id`, and `label`, `labels` or `value`"),
        ("a.csv", "text,label\nHello,spam\n", "Its columns are: text, label."),
        ("a.csv", "", "It is empty."),
        ("a.jsonl", '{"id": "p1"\n', "line 1: not JSON"),
        ("a.jsonl", "[1]\n", "line 1: not an object"),
        ("a.csv", "id,label\np1,spam,2,3\n", "the row has 4 fields"),
    ],
)
def test_a_file_with_other_columns_is_refused_as_a_whole(tmp_path: Path, name: str, text: str, message: str) -> None:
    with pytest.raises(UserError, match=message.replace(".", r"\.")):
        read(tmp_path, text, name)


def test_json_lines_are_read_as_the_shipper_reads_log_lines(tmp_path: Path) -> None:
    text = '{"id": "p1", "label": "a\\ud800"}\n{"id": "p2", "value": 1' + "0" * 400 + "}\n"

    rows, refused = read(tmp_path, text, "actuals.jsonl")

    assert [row.actual for row in rows] == [{"label": "a\ufffd"}]
    assert [(row.line, row.reason) for row in refused] == [(2, "neither label nor value")]
