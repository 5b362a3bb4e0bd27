"""Truths that are written another way than their predictions: what is one label, and what is said to be odd."""

from pathlib import Path

import pytest
from opensearchpy import OpenSearch

from tests.local.quality.parts import NOW
from tests.local.quality.test_truth_files import deployed, joined, label, send

__all__ = ["deployed"]


def test_a_time_before_the_prediction_is_said_to_be_odd(search: OpenSearch, tmp_path: Path) -> None:
    label(search, {"p1": "spam", "p2": "ham"})
    (tmp_path / "a.csv").write_text(f"id,label,time\np1,spam,44884.5\np2,ham,{NOW.isoformat()}\n")

    result = send(tmp_path / "a.csv", "--check")

    assert "1 of them have a time before their prediction was made" in result.output


def test_labels_that_look_alike_are_one_unless_two_predictions_differ_so(search: OpenSearch, tmp_path: Path) -> None:
    label(search, {"p1": "café au lait", "p2": "Tea", "p3": "tea", "p4": "milk"})
    rows = ["p1,cafe\u0301 au\u00a0lait", "p2,TEA", "p4,ｍｉｌｋ\u200b"]
    (tmp_path / "a.csv").write_text("id,label\n" + "\n".join(rows))

    result = send(tmp_path / "a.csv", "--ignore-case")

    assert "no prediction ever had the label “TEA”" in result.output
    assert joined(search) == {"p1": "café au lait", "p4": "milk"}


@pytest.mark.parametrize("words", ["WAHR FALSCH", "VRAI FAUX", "ja nein"])
def test_booleans_of_a_spreadsheet_in_another_language_are_read(search: OpenSearch, tmp_path: Path, words: str) -> None:
    label(search, {"p1": "true", "p2": "false"})
    yes, no = words.split()
    (tmp_path / "a.csv").write_text(f"id,label\np1,{yes}\np2,{no}\n")

    refused = send(tmp_path / "a.csv")
    nothing = joined(search)
    send(tmp_path / "a.csv", "--ignore-case")

    assert "--ignore-case" in refused.output
    assert (nothing, joined(search)) == ({}, {"p1": "true", "p2": "false"})


def test_the_numbers_of_the_rows_are_no_log_group(search: OpenSearch, tmp_path: Path) -> None:
    label(search, {"p1": "spam", "p2": "ham"})
    (tmp_path / "a.csv").write_text(",prediction_id,label\n0,p1,spam\n1,p2,ham\n")

    assert send(tmp_path / "a.csv").exception is None
    assert joined(search) == {"p1": "spam", "p2": "ham"}
