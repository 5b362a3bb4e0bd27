"""Files as databases, spreadsheets and tools for labelling write them: what is nothing, and where the header is."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from predmon.commands.actuals.actuals import KNOWN_NAMES
from predmon.commands.actuals.columns import find_columns
from predmon.commands.actuals.reading import Notation, survey
from predmon.commands.actuals.rows import ActualRow, RefusedRow
from predmon.commands.actuals.tables import open_table
from predmon.errors import UserError

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def read(
    folder: Path, text: str | None, name: str = "a.csv", **columns: str
) -> tuple[list[ActualRow], list[RefusedRow]]:
    """Return the rows of a file that can be stored, and the refused ones."""
    path = folder / name
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with open_table(path, KNOWN_NAMES, None) as table:
        rows = list(survey(table, find_columns(path, table.columns, columns), Notation(), NOW).read())
    return [row for row in rows if isinstance(row, ActualRow)], [row for row in rows if isinstance(row, RefusedRow)]


def test_a_column_without_a_name_is_none(tmp_path: Path) -> None:
    """pandas and R write the numbers of the rows into such a column."""
    (row,), _ = read(tmp_path, '"","prediction_id","label"\n"1","p1","spam"\n')

    assert (row.log_group, row.annotator) == ("", "")


@pytest.mark.parametrize("nothing", ["\\N", "NULL", "#N/A", "#REF!", "#NV"])
def test_what_a_program_writes_for_nothing_is_no_answer_no_id_and_no_time(tmp_path: Path, nothing: str) -> None:
    answers, labels, ids, times = (
        read(tmp_path, f"{text}\n")[1]
        for text in (
            f"id,label\np1,{nothing}",
            f"id,labels\np1,{nothing}",
            f"id,label\n{nothing},spam",
            f"id,label,time\np1,spam,{nothing}",
        )
    )

    assert [each.reason for each in (*answers, *labels)] == [f"“{nothing}” stands for nothing"] * 2
    assert [each.reason for each in ids] == [f"no prediction id: “{nothing}” stands for nothing"]
    assert [each.reason for each in times] == ["no time in the column `time`"]


def test_dates_of_a_workbook_are_no_ids_and_no_labels_and_are_refused_beside_dates_as_text(tmp_path: Path) -> None:
    """A spreadsheet of another country reads a part of the dates, and swaps day and month in those."""
    book = openpyxl.Workbook()
    for row in (
        ["prediction_id", "label", "time"],
        [datetime(2026, 3, 1), "spam", "11/13/2026 10:00"],
        ["p2", datetime(2026, 3, 1), "11/13/2026 10:00"],
        ["p3", "spam", datetime(2026, 5, 11, 10)],
        ["p4", "spam", "11/13/2026 10:00"],
    ):
        book.active.append(row)  # type: ignore[union-attr]
    book.save(tmp_path / "a.xlsx")

    rows, refused = read(tmp_path, None, "a.xlsx")

    assert [row.prediction_id for row in rows] == ["p4"]
    assert [each.reason.partition(".")[0] for each in refused] == [
        "the id is a date, 2026-03-01 00:00:00",
        "“2026-03-01 00:00:00” is a date of the spreadsheet, and no label",
        "“2026-05-11 10:00:00” is a date of Excel, but other dates of the column are text (line 2: 11/13/2026 10:00)",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "# of November\n#\nid,label\np1,a\n",
            "line 3 seems to be the header. Remove the lines before it:\ntail -n +3",
        ),
        ("Labels,,\nid,label,time\np1,a,2026-11-20\n", "line 2 seems to be the header"),
        ("0199f3a2-4b11-7c3e-9a51-2f6d0c1b2a3c|spam\n", "Where the names should be, it has: 0199f3a2-4b11-7c3e-9a51"),
        ("12345,spam\n", "Where the names should be, it has: 12345, spam."),
        ("sentiment,prediction_id,created_at\nspam,p1,2026-11-20\n", "--column label=sentiment"),
        ("text,sentiment,prediction_id,created_at\nx,spam,p1,2026-11-20\n", "--column label=NAME"),
        (",prediction,actual\n,id,label\n0,p1,spam\n", "line 2 seems to be the header"),
    ],
)
def test_a_header_that_is_not_found_is_refused_with_what_helps(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UserError, match=re.escape(message)):
        read(tmp_path, text)


def test_labels_of_chained_jobs_are_told_apart(tmp_path: Path) -> None:
    first, audit = ({"class-name": name, "creation-date": "2026-11-20T10:00:00"} for name in ("spam", "wrong"))
    line = json.dumps({"prediction_id": "p1", "a": 0, "a-metadata": first, "b": 1, "b-metadata": audit})

    with pytest.raises(UserError, match=r"a\.label, a\.creation_date, b\.label"):
        read(tmp_path, line, "output.manifest")

    (row,), _ = read(tmp_path, line, "output.manifest", label="a.label")
    assert row.actual == {"label": "spam"}


@pytest.mark.parametrize("above", [[], [["Labels of November"]], [["Labels"], [None], ["of", "November"]]])
def test_titles_above_the_header_of_a_sheet_are_no_header(tmp_path: Path, above: list[list[str]]) -> None:
    book = openpyxl.Workbook()
    for row in (*above, ["prediction_id", "label"], ["p1", "spam"]):
        book.active.append(row)  # type: ignore[union-attr]
    book.save(tmp_path / "a.xlsx")

    (row,), refused = read(tmp_path, None, "a.xlsx")

    assert (row.line, row.prediction_id, row.actual, refused) == (len(above) + 2, "p1", {"label": "spam"}, [])
