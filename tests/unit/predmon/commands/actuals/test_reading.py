"""Files of actuals as people have them: what is taken, and what is refused with which reason."""

import json
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from predmon.commands.actuals.actuals import KNOWN_NAMES
from predmon.commands.actuals.agreeing import Disagreement, agree
from predmon.commands.actuals.columns import find_columns
from predmon.commands.actuals.reading import Notation, survey
from predmon.commands.actuals.rows import ActualRow, RefusedRow
from predmon.commands.actuals.staging import Staging
from predmon.commands.actuals.tables import open_table
from predmon.errors import UserError

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
MOMENT = round(NOW.timestamp() * 1000)


def read(
    folder: Path, text: str | None, name: str = "actuals.csv", rule: str = "refuse", **columns: str
) -> tuple[list[ActualRow], list[RefusedRow]]:
    """Return the rows of a file that would be stored, and the refused ones."""
    path = folder / name
    if text is not None:
        path.write_text(text, encoding="utf-8")
    (folder / "staging").mkdir(exist_ok=True)
    staging = Staging(folder / "staging")
    with open_table(path, KNOWN_NAMES, None) as table:
        staging.fill(survey(table, find_columns(path, table.columns, columns), Notation(), NOW).read())
    agree(staging, Disagreement(rule), "line")
    found = [row for batch in staging.batches(100) for row in batch], staging.refused(100)
    staging.close()
    (folder / "staging/rows.sqlite").unlink()
    return found


@pytest.mark.parametrize(
    ("text", "actual"),
    [
        ("prediction_id,label\np1,spam\n", {"label": "spam"}),
        ("id;actual\np1;spam\n", {"label": "spam"}),
        ("id;actual\np1;3,5\n", {"value": 3.5}),
        ("Label\tPrediction_ID\nspam\tp1\n", {"label": "spam"}),
        ("\ufeffid|value\np1|3.5\n", {"value": 3.5}),
        ("id,label\np1,1.0\n", {"label": "1"}),
        ("id,labels\np1,a|b\n", {"labels": ["a", "b"]}),
        ("id,labels\np1,\n", {"labels": []}),
        ("id,labels\np1,[]\n", {"labels": []}),
        ("id,labels\np1,\"['a', 'b']\"\n", {"labels": ["a", "b"]}),
        ("id,labels\np1,['a' 'b']\n", {"labels": ["a", "b"]}),
        ('id,label\np1,"{""choices"": [""a"", ""b""]}"\n', {"labels": ["a", "b"]}),
        ("id,label,comment\np1,spam,seen by Ada\n", {"label": "spam"}),
        ("PredictionId,True Label\np1,spam\n", {"label": "spam"}),
        ("Input.prediction_id,Answer.sentiment.label\np1,spam\n", {"label": "spam"}),
        ('prediction_id,label\n="p1",spam\n', {"label": "spam"}),
    ],
)
def test_a_table_names_its_columns(tmp_path: Path, text: str, actual: dict[str, object]) -> None:
    assert read(tmp_path, text) == ([ActualRow(2, "p1", actual, MOMENT)], [])


def test_rows_are_named_by_their_line_in_the_file(tmp_path: Path) -> None:
    text = '\ufeffsep=|\nid|label|comment\n\np1|a|"two\nlines"\n\n|b|\n'

    rows, refused = read(tmp_path, text)

    assert ([row.line for row in rows], [row.line for row in refused]) == ([4], [7])


def test_spaces_around_a_field_of_a_table_are_nothing(tmp_path: Path) -> None:
    (row,), _ = read(tmp_path, "Prediction_ID , Labels\n p1 , a | b \n")

    assert (row.prediction_id, row.actual) == ("p1", {"labels": ["a", "b"]})


def test_an_empty_prediction_id_is_never_filled_from_another_column(tmp_path: Path) -> None:
    rows, refused = read(tmp_path, "id,prediction_id,label\n1,p1,a\n2,,b\n")

    assert [row.prediction_id for row in rows] == ["p1"]
    assert refused == [RefusedRow(3, "no prediction id")]


@pytest.mark.parametrize("name", ["actuals.json", "actuals.csv", "actuals.txt"])
def test_json_lines_are_read_whatever_the_file_is_called(tmp_path: Path, name: str) -> None:
    rows, _ = read(tmp_path, '{"prediction_id": "p1", "label": "a"}\n', name)

    assert rows == [ActualRow(1, "p1", {"label": "a"}, MOMENT)]


@pytest.mark.parametrize(
    "row",
    [
        {"prediction": {"id": "p1"}, "actual": {"label": "spam"}},
        {"prediction": {"id": "p1"}, "actual": "spam"},
        {"prediction_id": "p1", "label": "spam"},
        {"id": "p1", "actual": "spam", "comment": None},
        {"meta": {"prediction_id": "p1"}, "label": "spam", "answer": "accept"},
        {"prediction_id": "p1", "job": 3, "job-metadata": {"class-name": "spam", "type": "groundtruth/text"}},
    ],
)
def test_json_is_of_log_lines_or_flat_or_of_a_tool(tmp_path: Path, row: dict[str, object]) -> None:
    expected = ([ActualRow(1, "p1", {"label": "spam"}, MOMENT)], [])

    assert read(tmp_path, f"{json.dumps(row)}\n\n", "actuals.jsonl") == expected
    assert read(tmp_path, json.dumps([row], indent=2), "actuals.json") == expected


def test_a_list_of_json_is_read_a_part_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("predmon.commands.actuals.tables.CHUNK", 7)

    rows, _ = read(tmp_path, json.dumps([{"id": f"p{number}", "value": number} for number in range(20)]), "a.json")

    assert [(row.line, row.prediction_id, row.actual["value"]) for row in rows] == [
        (number + 1, f"p{number}", number) for number in range(20)
    ]


def test_a_workbook_is_read_with_its_own_types(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["note"])
    sheet = book.create_sheet("labels")
    for row in (["prediction_id", "label", "time"], [42, True, datetime(2026, 11, 28, 14, 3)], ["p2", 1.0, 46354.5]):
        sheet.append(row)
    sheet["A2"].number_format = "0000000"
    book.save(tmp_path / "labels.xlsx")

    rows, refused = read(tmp_path, None, "labels.xlsx")

    assert refused == []
    assert [(row.line, row.prediction_id, row.actual, row.milliseconds) for row in rows] == [
        (2, "0000042", {"label": "true"}, 1795874580000),
        (3, "p2", {"label": "1"}, 1795867200000),
    ]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("id,label\n,spam\n", 2, "no prediction id"),
        ("id,label\np1,spam\np2,\n", 3, "neither label nor value"),
        ("id,value\np1,high\n", 2, "the value “high” is no number"),
        ("id,value\np1,nan\n", 2, "the value “nan” is no number"),
        ("id,label,time\np1,spam,\n", 2, "no time in the column `time`"),
        ("id,label,AssignmentStatus\np1,spam,Rejected\n", 2, "the assignment was rejected"),
        ("id,label,answer\np1,spam,reject\n", 2, "rejected by the annotator (Prodigy's `answer`)"),
        ("id,label,answer\np1,spam,ignore\n", 2, "ignored by the annotator"),
        ('id,label\np1,"[{""start"": 0, ""labels"": [""a""]}]"\n', 2, "an answer of several parts"),
    ],
)
def test_a_row_that_is_no_actual_is_refused_with_its_line(tmp_path: Path, text: str, line: int, reason: str) -> None:
    rows, refused = read(tmp_path, text)

    assert [(row.line, row.reason.startswith(reason)) for row in refused] == [(line, True)]
    assert len(rows) == text.count("\n") - 2


@pytest.mark.parametrize(
    ("text", "rule", "labels", "reason"),
    [
        ("id,label\np1,a\np1,a\n", "refuse", ["a"], ""),
        ("id,label\np1,a\np1,b\n", "majority", [], "the rows of “p1” disagree: line 2 says “a”, line 3 says “b”"),
        ("id,label,time\np1,a,2026-11-02\np1,b,2026-11-01\n", "refuse", ["a"], ""),
        ("id,label,annotator\np1,a,1\np1,b,2\np1,a,3\n", "majority", ["a"], ""),
        ("id,label,annotator\np1,a,1\np1,b,2\np1,a,3\n", "refuse", [], "the rows of “p1” disagree: line 2 (1) says"),
        ("id,label,annotator\np1,a,1\np1,b,2\n", "majority", [], "the rows of “p1” disagree: line 2 (1) says “a”"),
        ("id,label,annotator,time\np1,a,1,2026-11-01\np1,b,2,2026-11-02\np1,b,1,2026-11-03\n", "refuse", ["b"], ""),
    ],
)
def test_several_rows_of_one_prediction_agree_or_are_refused(
    tmp_path: Path, text: str, rule: str, labels: list[str], reason: str
) -> None:
    rows, refused = read(tmp_path, text, rule=rule)

    assert [row.actual["label"] for row in rows] == labels
    assert len(refused) == (text.count("\n") - 1 if reason else 0)
    assert all(row.reason.startswith(reason) for row in refused)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", "prediction_id,label\n", "holds no rows, so there is nothing to store"),
        ("a.csv", "p1,spam\n", "Its columns are: p1, spam. If another column holds it, say which: --column"),
        ("a.csv", "id,text\np1,Hello\n", "needs a header with `prediction_id`, and `label`, `labels` or `value`"),
        ("a.csv", "text,label\nHello,spam\n", "say which: --column prediction_id=text"),
        ("a.csv", "", "It is empty."),
        ("a.csv", "id,id,label\n1,2,a\n", "has the column `id` more than once"),
        ("a.csv", "prediction_id,Prediction ID,label\n1,2,a\n", "Name one: --column prediction_id=prediction_id"),
        ("a.csv", "id,label,answer\n1,a,yes\n", "--column label=answer"),
        ("a.csv", "HITId,Input.prediction_id,Answer.taskAnswers\n1,2,[]\n", "MTurk's `Answer.taskAnswers`"),
        ("a.json", '[{"id": 1, "data": {"text": "x"}, "annotations": []}]', "Label Studio's full export"),
        ("a.json", '{"columns": ["id", "label"], "index": [0], "data": [["p1", "a"]]}', 'orient="records"'),
        ("a.jsonl", '{"groundTruthData": {"data": "a"}, "eventMetadata": {"eventId": "p1"}}\n', "SageMaker"),
        ("a.jsonl", '{"id": "p1"\n', "line 1: not JSON"),
        ("a.jsonl", "[1]\n", "line 1: not an object"),
        ("a.json", '[{"id": 1}, {', "item 2: not JSON"),
        ("a.csv", "id,label\np1,spam,2,3\n", "the row has 4 fields"),
        ("a.xml", "<?xml version='1.0'?>", "is an XML file"),
    ],
)
def test_a_file_that_cannot_be_read_for_certain_is_refused_as_a_whole(
    tmp_path: Path, name: str, text: str, message: str
) -> None:
    with pytest.raises(UserError) as caught:
        read(tmp_path, text, name)

    assert message in str(caught.value)


def test_a_column_is_what_a_person_says(tmp_path: Path) -> None:
    (row,), _ = read(tmp_path, "label,key,verdict\n7,p1,ham\n", prediction_id="key", label="verdict")

    assert (row.prediction_id, row.actual) == ("p1", {"label": "ham"})


def test_json_lines_are_read_as_the_shipper_reads_log_lines(tmp_path: Path) -> None:
    text = '{"id": "p1", "label": "a\\ud800"}\n{"id": "p2", "value": 1' + "0" * 400 + "}\n"

    rows, refused = read(tmp_path, text, "actuals.jsonl")

    assert [row.actual for row in rows] == [{"label": "a\ufffd"}]
    assert [(row.line, row.reason) for row in refused] == [(2, "neither label nor value")]


def test_a_column_that_looks_like_the_time_is_left_alone_where_a_person_says_so(tmp_path: Path) -> None:
    (row,), _ = read(tmp_path, "id,label,date\np1,ham,2020-01-01\n", time="")

    assert row.milliseconds == MOMENT
