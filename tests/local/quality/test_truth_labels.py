"""A file beside the predictions that there are: its ids, its labels, and what a person sees before it is stored."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from opensearchpy import OpenSearch

from predmon.commands.actuals import actuals as actuals_command
from tests.local.quality.parts import predict, states
from tests.local.quality.test_truth_files import deployed, joined, label, send

__all__ = ["deployed"]


@pytest.mark.parametrize(
    ("ids", "logged", "why"),
    [
        ("42\n", "0000042", "“42” is unknown, but “0000042” is a prediction: a spreadsheet took away the zeros"),
        ("P1\n", "p1", "the id is written differently"),
        ("1234567890123450\n", "1234567890123456", "a spreadsheet keeps 15 digits of a number"),
        ("12345.0\nabc\n", "12345", "the id got “.0”, as pandas does"),
        ("03-Jan\n", "3-1", "a spreadsheet may have turned it into a date"),
    ],
)
def test_what_was_done_to_an_unknown_id_is_said(
    search: OpenSearch, tmp_path: Path, ids: str, logged: str, why: str
) -> None:
    label(search, {logged: "a"})
    (tmp_path / "a.csv").write_text("id,label\n" + ids.replace("\n", ",a\n"))

    assert why in send(tmp_path / "a.csv", "--check").output


def test_a_label_is_known_in_its_own_group_for_any_number_of_labels(search: OpenSearch, tmp_path: Path) -> None:
    label(search, {f"n{number}": f"label {number}" for number in range(1500)})
    label(search, {"other": "cat"}, **{"@log_group": "/other"})
    (tmp_path / "a.csv").write_text("id,label\nn1,label 1400\nn2,cat\nn3,label 3000\nother,cat\nother2,dog\n")

    result = send(tmp_path / "a.csv")

    assert joined(search) == {"n1": "label 1400", "other": "cat"}
    assert "line 3 refused: no prediction ever had the label “cat”" in result.output
    assert "line 4 refused: no prediction ever had the label “label 3000”" in result.output
    assert "line 6 refused: no prediction ever had the label “dog”" in result.output


def test_nothing_is_stored_before_somebody_says_yes(search: OpenSearch, tmp_path: Path) -> None:
    predict(search, [{"prediction_id": "p1"}])
    (tmp_path / "labels.csv").write_text(
        "prediction_id,label,created_at,note\np1,a,2026-11-28 14:03,x\nold,a,2026-11-28,y\n"
    )
    arguments = [str(tmp_path / "labels.csv")]

    def run(*options: str, said: str = "") -> Result:
        return CliRunner().invoke(actuals_command.actuals, [*arguments, *options], input=said)

    checked = run("--check")
    for line in (
        "  time           from the column `created_at`: without a zone: UTC is meant (--time-zone)",
        "  not used       note",
        "    line 2: p1 is “a”, known at 2026-11-28 14:03:00 UTC",
        "  looked for the first 2 rows: 1 of them name a prediction",
        "Nothing is stored, because of --check.",
    ):
        assert line in checked.output.splitlines()
    assert str(run().exception) == "Nothing is stored. To store 2 rows without being asked, add --yes."
    assert str(run(said="n\n").exception).startswith("Nothing is stored.")
    piped = CliRunner().invoke(actuals_command.actuals, ["-"], input="id,label\np1,a\n")
    assert "Standard input holds the rows, so it cannot ask." in str(piped.exception)
    assert not search.indices.exists(index="prediction-actuals")

    assert run(said="y\n").exception is None
    assert states(search) == {"joined": 1, "unknown": 1}
