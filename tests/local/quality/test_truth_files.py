"""Files of truth as people have them, each sent with the command that a person runs."""

import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from opensearchpy import OpenSearch

from contracts.actuals import INDEX
from monitors.quality.config import Config
from predmon.commands.actuals import actuals as actuals_command
from predmon.commands.deployment.target import Target
from predmon.errors import UserError
from tests.local.quality.parts import DAY, GROUP, NOW, deliver, predict, states, stored

FILES = Path(__file__).parent / "truths"


@pytest.fixture(autouse=True)
def deployed(search: OpenSearch, opensearch_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in for the deployed stack: this node, and the configuration of its function."""
    monkeypatch.setattr(Target, "resolve", classmethod(lambda cls: Target({}, None, "http://127.0.0.1:1")))  # type: ignore[arg-type]
    monkeypatch.setattr(Target, "search", lambda self: search)
    monkeypatch.setattr(actuals_command, "read_deployed_config", lambda target: Config(opensearch_url))


def send(file: Path | str, *options: str) -> Result:
    return CliRunner().invoke(actuals_command.actuals, [str(FILES / file), "--yes", *options])


def label(search: OpenSearch, labels: dict[str, str], **more: Any) -> None:
    predict(search, [{"prediction_id": id, "prediction": {"label": each}, **more} for id, each in labels.items()])


def joined(search: OpenSearch) -> dict[str, Any]:
    """Return what is right by the ids of the joined actuals."""
    if not search.indices.exists(index=INDEX):
        return {}
    search.indices.refresh(index=INDEX)
    hits = search.search(index=INDEX, body={"size": 100, "query": {"term": {"state": "joined"}}})["hits"]["hits"]
    return {hit["_source"]["prediction_id"]: next(iter(hit["_source"]["actual"].values())) for hit in hits}


def test_a01_ids_that_a_spreadsheet_shortened_are_not_joined(search: OpenSearch) -> None:
    label(search, dict.fromkeys(["1234567890123456", "0000042", "42", "7390000000"], "spam") | {"h": "ham"})

    result = send("A01-excel-ids.csv")

    assert "A spreadsheet changed the ids: 1.23457E+15" in str(result.exception)
    assert "lost zeros in front. Give the column of the ids the format Text" in str(result.exception)
    assert joined(search) == {}


def test_a02_ids_that_pandas_wrote_as_floats_are_joined_where_that_is_certain(search: OpenSearch) -> None:
    label(search, {"12345": "spam", "12346": "ham", "12347": "spam"})

    result = send("A02-pandas-float-ids.csv")

    assert "12345.0 is read as 12345, since no prediction has an id with “.0”" in result.output
    assert joined(search) == {"12345": "spam", "12346": "ham", "12347": "spam"}


def test_a02_ids_that_were_logged_with_a_point_stay(search: OpenSearch) -> None:
    label(search, {"12345.0": "spam", "12346": "ham"})

    send("A02-pandas-float-ids.csv")

    assert joined(search) == {"12345.0": "spam"}


def test_a03_an_empty_prediction_id_is_refused_although_there_is_an_id(search: OpenSearch) -> None:
    label(search, {"t-001": "spam", "t-002": "ham", "t-005": "spam", "3": "spam", "4": "spam"})

    result = send("A03-id-and-prediction-id.csv")

    assert "  not used       id, text" in result.output
    assert "line 4 refused: no prediction id" in result.output
    assert "line 5 refused: no prediction id" in result.output
    assert joined(search) == {"t-001": "spam", "t-002": "ham", "t-005": "spam"}


def test_a04_choices_are_labels_and_the_second_annotator_is_named(search: OpenSearch) -> None:
    several = [
        {"prediction_id": f"m-{number}", "prediction": {"labels": ["billing", "refund"]}} for number in (1, 2, 3)
    ]
    predict(search, [*several, {"prediction": {"labels": ["delivery"]}}])

    result = send("A04-label-studio.csv")

    assert joined(search) == {"m-1": ["billing", "refund"]}
    assert "time           from the column `updated_at`" in result.output
    assert "line 4 refused: the rows of “m-2” disagree: line 3 (1) says “delivery”, line 4 (2) says" in result.output
    assert "line 5 refused: an answer of several parts" in result.output


def test_a06_ground_truth_of_sagemaker_is_refused_with_the_keys_that_are_wanted() -> None:
    result = send("A06-sagemaker-ground-truth.jsonl")

    assert "SageMaker Model Monitor" in str(result.exception)
    assert "`prediction_id`, and `label`, `labels` or `value`" in str(result.exception)


def test_a07b_workers_who_disagree_are_refused_or_the_majority_counts(search: OpenSearch) -> None:
    label(search, {"hit-1": "spam", "hit-2": "ham"})

    refused = send("A07b-mturk-renamed.csv")
    nothing = joined(search)
    send("A07b-mturk-renamed.csv", "--annotators", "majority")

    assert "the rows of “hit-1” disagree: line 2 (W1) says “spam”, line 3 (W2) says “ham”" in refused.output
    assert "1 prediction on which annotators disagree" in refused.output
    assert "line 5 refused: the assignment was rejected (MTurk's AssignmentStatus)" in refused.output
    assert (nothing, joined(search)) == ({}, {"hit-1": "ham"})


def test_a08_probabilities_are_no_truth_of_a_classifier(search: OpenSearch, tmp_path: Path) -> None:
    label(search, {f"prob-{number}": "ham" for number in range(1, 11)} | {"s": "spam"})
    with_whole = tmp_path / "more.csv"
    with_whole.write_text((FILES / "A08-probabilities.csv").read_text() + "\ns,1\n")

    result = send(with_whole)

    assert "11  other_kind: " in result.output
    assert isinstance(result.exception, UserError)
    assert states(search) == {"refused": 11}
    assert stored(search, "s")["reason"] == "other_kind"


def test_a09_each_time_is_the_right_moment_or_refused(search: OpenSearch) -> None:
    label(search, {f"time-{number}": "spam" for number in range(1, 11)})

    result = send("A09-times.csv")

    assert "line 2 refused: “46346.58” is a day number of Excel, but other dates" in result.output
    moments = {f"time-{number}": stored(search, f"time-{number}")["@timestamp"] for number in (4, 5, 6, 8, 9, 10)}
    assert moments == {
        "time-4": "2026-11-28T14:03:00.000Z",
        "time-5": "2026-11-28T14:03:00.000Z",
        "time-6": "2026-11-28T14:03:11.000Z",
        "time-8": "2026-11-28T13:03:11.000Z",
        "time-9": "2026-11-28T13:03:11.000Z",
        "time-10": "2026-11-28T00:00:00.000Z",
    }


def test_a10b_numbers_in_several_notations_are_refused_as_a_column(search: OpenSearch) -> None:
    predict(search, [{"prediction_id": f"price-{number}", "prediction": {"value": 1.0}} for number in range(4, 13)])

    result = send("A10b-thousands.csv")

    assert "are written in several ways (line 2: “1,234.56”, line 7: “1 234”)" in str(result.exception)
    assert joined(search) == {}


def test_a11_a_corrected_file_counts_whatever_its_time_of_modification(search: OpenSearch, tmp_path: Path) -> None:
    label(search, {"ver-1": "spam", "ver-2": "ham"})
    second = shutil.copy(FILES / "A11-second.csv", tmp_path)
    os.utime(second, (0, 0))

    send("A11-first.csv")
    result = send(second)

    assert "1 corrected, 1 unchanged" in result.output
    assert joined(search) == {"ver-1": "ham", "ver-2": "spam"}


def test_a_time_in_the_future_does_not_lock_out_a_correction(search: OpenSearch) -> None:
    label(search, {"ver-1": "spam", "ver-2": "ham"})
    deliver(search, [("ver-1", {"label": "spam"}, NOW + 400 * DAY)])

    result = send("A11-second.csv")

    assert "1 corrected" in result.output
    assert joined(search)["ver-1"] == "ham"


def test_a12_labels_of_another_spelling_are_refused_with_those_that_there_are(search: OpenSearch) -> None:
    label(search, {f"yn-{number}": "true" if number % 2 else "false" for number in range(1, 7)})

    refused = send("A12-yes-no.csv")
    nothing = joined(search)
    taken = send("A12-yes-no.csv", "--ignore-case")

    assert f"  The labels of {GROUP}: false, true" in refused.output.splitlines()
    assert "--ignore-case" in refused.output
    assert (nothing, taken.exception) == ({}, None)
    assert joined(search) == {f"yn-{number}": "true" if number % 2 else "false" for number in range(1, 7)}


@pytest.mark.parametrize("words", [("true", "false"), ("True", "False"), ("1", "0"), ("yes", "no"), ("1.0", "0.0")])
def test_a_file_that_writes_booleans_one_way_is_read(
    search: OpenSearch, tmp_path: Path, words: tuple[str, str]
) -> None:
    label(search, {"p1": "true", "p2": "false"})
    (tmp_path / "a.csv").write_text(f"id,label\np1,{words[0]}\np2,{words[1]}\n")

    assert send(tmp_path / "a.csv").exception is None
    assert joined(search) == {"p1": "true", "p2": "false"}


def test_a13_an_id_that_names_several_predictions_is_said_to(search: OpenSearch) -> None:
    for age in range(1, 5):
        label(search, {f"C0000{number}": "stays" for number in range(3)}, at=NOW - age * DAY)

    result = send("A13-customer-ids.csv")

    assert "3 ids name several predictions (12 in all): each truth is" in result.output
    assert stored(search, "C00000")["predicted"][:19] == (NOW - DAY).isoformat()[:19]
    assert "3  several_predictions" in send("A13-customer-ids.csv", "--several", "refuse").output


def test_q01_dates_of_a_spreadsheet_are_read(search: OpenSearch) -> None:
    told = datetime.fromisoformat("2026-11-20T20:07:00+00:00")
    label(search, {f"L20000{number}": "pays" for number in range(5)}, at=told - timedelta(days=10))
    label(search, {"d": "defaults"})

    result = send("Q01-late-excel.csv")

    assert (result.exception, len(joined(search))) == (None, 5)
    assert stored(search, "L200003")["@timestamp"] == "2026-11-20T20:07:00.000Z"
