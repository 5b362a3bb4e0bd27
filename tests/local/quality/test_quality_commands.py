"""`predmon actuals` and `predmon quality` against a real OpenSearch."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from opensearchpy import OpenSearch

from monitors.quality import report
from monitors.quality.all_groups import judge_all
from monitors.quality.config import Config
from monitors.quality.keeping import count_states
from predmon.commands.actuals import actuals as actuals_command
from predmon.commands.actuals import storing
from predmon.commands.deployment.target import Target
from predmon.commands.quality import freezing
from predmon.commands.quality.quality import quality
from predmon.errors import UserError
from tests.local.quality.parts import DAY, GROUP, NOW, predict, run_join, states, stored, tell


@pytest.fixture(autouse=True)
def deployed(search: OpenSearch, opensearch_url: str, monkeypatch: pytest.MonkeyPatch) -> Config:
    """Stand in for the deployed stack: this node, and the configuration of its function."""
    config = Config(opensearch_url, minimum=20, reference_size=50, segments=("lang",))
    outputs = {"OpenSearchUrl": opensearch_url}
    monkeypatch.setattr(Target, "resolve", classmethod(lambda cls: Target(outputs, {}, "http://127.0.0.1:1")))
    monkeypatch.setattr(Target, "search", lambda self: search)
    for module in (actuals_command, freezing):
        monkeypatch.setattr(module, "read_deployed_config", lambda target: config)
    return config


def send(folder: Path, text: str, *options: str, name: str = "labels.csv", **how: Any) -> Result:
    (folder / name).write_text(text, encoding="utf-8")
    return CliRunner().invoke(actuals_command.actuals, [str(folder / name), "--yes", *options], **how)


def what_became(result: Result) -> list[str]:
    """Return what the command says after its preview."""
    lines = result.stdout.splitlines()
    return lines[next(number for number, line in enumerate(lines) if line.startswith("  stored")) :]


def test_actuals_of_a_file_are_joined_and_the_rest_is_said(search: OpenSearch, tmp_path: Path) -> None:
    predict(search, [{"prediction_id": f"p{number}", "prediction": {"label": "ab"[number % 2]}} for number in range(9)])
    predict(search, [{"prediction_id": "failed", "prediction": None, "shipper": {"failed": True}}])
    rows = "".join(f"p{number},a\n" for number in range(9))

    result = send(tmp_path, f"prediction_id,label\n{rows}nobody,b\nfailed,a\n,a\nq1,misspelt\n")

    assert what_became(result) == [
        "  stored           11  11 new",
        "  joined            9  each beside its prediction",
        "  unknown           1  no prediction has this id so far; looked for again",
        "                       such as nobody",
        "  refused           1  see why below",
        "                    1  refused: prediction failed",
        "  line 13 refused: no prediction id",
        "  line 14 refused: no prediction ever had the label “misspelt”",
        f"  The labels of {GROUP}: a, b",
        "  If they differ only in upper and lower case, or in how they write yes and no:",
        "  --ignore-case",
        "  If such a label is right, send the file again with --new-labels.",
    ]
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert isinstance(result.exception, UserError)
    assert str(result.exception) == "2 rows of labels.csv refused. The others are stored."
    assert states(search) == {"joined": 9, "unknown": 1, "refused": 1}


def test_a_file_sent_again_changes_nothing_and_a_newer_one_corrects(search: OpenSearch, tmp_path: Path) -> None:
    predict(search, [{"prediction_id": "p1"}, {"prediction": {"label": "b"}}])
    first = send(tmp_path, "id,label,time\np1,a,2026-11-01\n")
    again = send(tmp_path, "id,label,time\np1,a,2026-11-01\n")
    older = send(tmp_path, "id,label,time\np1,b,2026-10-01\n")

    assert [what_became(each)[0].split("  ")[-1] for each in (first, again)] == ["1 new", "1 unchanged"]
    assert what_became(older)[1] == "  older             1  what is stored is of a later time, so it stays"
    assert stored(search, "p1")["correct"] == 1
    assert "1 corrected" in send(tmp_path, "id,label,time\np1,b,2026-11-02\n").output
    assert stored(search, "p1")["correct"] == 0


def test_a_label_that_no_prediction_ever_had_is_refused_until_it_is_said_to_be_new(
    search: OpenSearch, tmp_path: Path
) -> None:
    predict(search, [{"prediction_id": "p1"}])

    refused = send(tmp_path, "id,label\np1,spma\n")
    assert "line 2 refused: no prediction ever had the label “spma”" in refused.output
    assert "If such a label is right, send the file again with --new-labels." in refused.output
    assert max(map(len, refused.output.splitlines())) <= 80
    assert not search.indices.exists(index="prediction-actuals") or states(search) == {}

    taken = send(tmp_path, "id,label\np1,spma\n", "--new-labels")
    assert (taken.exception, stored(search, "p1")["correct"]) == (None, 0)


def test_a_file_with_other_columns_stores_nothing(search: OpenSearch, tmp_path: Path) -> None:
    result = send(tmp_path, "sentence,label\nHello,a\n")

    assert isinstance(result.exception, UserError)
    assert not search.indices.exists(index="prediction-actuals")


def test_actuals_come_through_standard_input(search: OpenSearch) -> None:
    predict(search, [{"prediction_id": "p1"}])

    result = CliRunner().invoke(actuals_command.actuals, ["-", "--yes"], input="prediction_id,label\np1,a\n")

    assert result.exception is None
    assert what_became(result)[0] == "  stored            1  1 new"
    assert stored(search, "p1")["state"] == "joined"


def test_stopping_it_says_what_is_stored_and_the_file_again_stores_the_rest(
    search: OpenSearch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "IN_A_REQUEST", 2)
    write = storing.write

    def stop(*arguments: Any) -> Any:
        if states(search):
            raise KeyboardInterrupt
        return write(*arguments)

    rows = "id,label\n" + "".join(f"p{number},a\n" for number in range(5))
    search.indices.create(index="prediction-actuals")
    with monkeypatch.context() as patch:
        patch.setattr(storing, "write", stop)
        stopped = send(tmp_path, rows, standalone_mode=False)
    again = send(tmp_path, rows)

    assert stopped.exception
    assert str(stopped.exception.__cause__) == "2 of 5 rows are stored. Send the file again for the rest."
    assert what_became(again)[0].split("  ")[-1] == "3 new, 2 unchanged"


def test_actuals_may_come_before_there_is_any_prediction(search: OpenSearch, tmp_path: Path) -> None:
    result = send(tmp_path, '{"prediction": {"id": "p1"}, "actual": {"value": 3}}\n', name="values.jsonl")

    assert (result.exception, states(search)) == (None, {"unknown": 1})


@pytest.fixture
def judged(search: OpenSearch, deployed: Config) -> None:
    """A model that was right in nine of ten cases, and then in half of them."""
    for start, right, age in ((0, 9, 3 * DAY), (1000, 5, DAY)):
        rows: list[dict[str, Any]] = [
            {"prediction_id": f"p{start + number}", "at": NOW - age, "lang": "de"} for number in range(100)
        ]
        predict(search, rows)
        for number in range(100):
            tell(search, f"p{start + number}", {"label": "a" if number % 10 < right else "b"}, NOW)
        run_join(search, deployed)
        runs = judge_all(search, NOW + timedelta(seconds=start), deployed)
        report.write(search, runs)
        report.write_overview(search, runs, count_states(search))


@pytest.mark.usefixtures("judged")
def test_the_report_says_that_ids_name_several_predictions(
    search: OpenSearch, deployed: Config, tmp_path: Path
) -> None:
    predict(search, [{"prediction_id": "customer", "at": NOW - age * DAY} for age in (1, 2)])
    send(tmp_path, "prediction_id,label\ncustomer,a\n")
    search.indices.refresh(index="prediction-actuals")
    report.write_overview(search, judge_all(search, NOW, deployed), count_states(search))

    output = CliRunner().invoke(quality, ["report"]).output

    assert "1 truth with an id that names several predictions of a model." in " ".join(output.split())


@pytest.mark.usefixtures("judged")
def test_the_report_says_how_right_the_model_is_and_what_it_was() -> None:
    result = CliRunner().invoke(quality, ["report"])

    assert result.exception is None
    lines = result.output.splitlines()
    assert lines[0].startswith("worse at ")
    assert f"{GROUP}, version (none)" in lines
    assert any(line.startswith("worse: accuracy 90.0 % → 50.0 % in the newest predictions; ") for line in lines)
    assert any(line.startswith("  accuracy                    50.0 %  was 90.0 %") for line in lines)
    assert "  a                                50       50.0    100.0     66.7" in lines
    assert f"  {'lang = de':34}{100:>9}  accuracy 50.0 %" in lines
    assert max(map(len, lines)) <= 80


@pytest.mark.usefixtures("judged")
def test_the_report_is_to_be_had_as_json() -> None:
    (run,) = json.loads(CliRunner().invoke(quality, ["report", "--json"]).output)

    assert (run["standing"], run["truths"], run["coverage"]) == ("worse", 100, 1.0)
    assert {each["label"] for each in run["detail"]["labels"]} == {"a", "b"}


def test_without_any_run_the_report_says_what_to_do() -> None:
    result = CliRunner().invoke(quality, ["report"])

    assert str(result.exception) == "Nothing was judged yet. To judge now, run: predmon quality report --run"


@pytest.mark.usefixtures("judged")
def test_a_baseline_by_hand_is_what_counts_from_then_on(search: OpenSearch, deployed: Config) -> None:
    arguments = ["--from", "2d", "--to", (NOW + DAY).isoformat(), "--name", "new normal"]

    result = CliRunner().invoke(quality, ["baseline", *arguments])

    assert result.exception is None, result.exception
    assert result.output == f"froze 100 truths of {GROUP} (classification) as “new normal”, revision 2\n"
    (run,) = judge_all(search, NOW, deployed)
    assert run.reference is not None
    assert (run.reference.name, run.verdict.severity) == ("new normal", 0)


@pytest.mark.parametrize(
    ("start", "end", "message"),
    [("9d", "8d", "has a truth. Take a longer period"), ("1d", "2d", "is not before")],
)
def test_a_baseline_of_nothing_is_refused(start: str, end: str, message: str) -> None:
    result = CliRunner().invoke(quality, ["baseline", "--from", start, "--to", end, "--reference", "nothing"])

    assert result.exit_code != 0
    assert message in f"{result.output}{result.exception}"
