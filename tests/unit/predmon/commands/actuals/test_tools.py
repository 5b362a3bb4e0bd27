"""Exports of tools for labelling are read as files of truth."""

import json
from pathlib import Path

import pytest

from tests.unit.predmon.commands.actuals.test_reading import read


@pytest.mark.parametrize(
    "row",
    [
        {"label": "spam", "answer": "accept", "_timestamp": 1793588645, "meta": {"prediction_id": "p1"}},
        {
            "options": [{"id": "spam"}],
            "accept": ["spam"],
            "answer": "accept",
            "prediction_id": "p1",
            "_timestamp": 1793588645,
        },
        {"id": 7, "prediction_id": "p1", "choice": "spam", "annotator": 1, "created_at": "2026-11-02T03:04:05.000000Z"},
        {"id": 7, "text": "x", "label": ["spam"], "prediction_id": "p1", "timestamp": "2026-11-02T03:04:05Z"},
    ],
    ids=["Prodigy", "Prodigy's choices", "Label Studio's JSON-MIN", "doccano"],
)
def test_rows_of_tools_for_labelling_are_read(tmp_path: Path, row: dict[str, object]) -> None:
    ((found,), refused) = read(tmp_path, json.dumps(row), "export.jsonl")

    assert (found.prediction_id, found.actual, found.milliseconds, refused) == (
        "p1",
        {"label": "spam"},
        1793588645000,
        [],
    )


def test_assignments_of_mturk_are_of_the_time_at_which_they_were_sent(tmp_path: Path) -> None:
    header = "HITId,CreationTime,AssignmentId,WorkerId,AssignmentStatus,SubmitTime,"
    header += "Input.prediction_id,Answer.sentiment.label"
    times = '"Mon Nov 02 00:00:00 PST 2026"', '"Sun Nov 01 19:04:05 PST 2026"'

    (row,), _ = read(tmp_path, f"{header}\nH,{times[0]},A,W1,Submitted,{times[1]},p1,spam\n")

    assert (row.prediction_id, row.annotator, row.milliseconds) == ("p1", "W1", 1793588645000)
