"""`predmon drift simulate` on files only, with the packaged model and without a cloud."""

import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitors.drift.config import Config
from predmon.commands.drift.drift import drift
from predmon.commands.drift.report import print_run
from predmon.errors import UserError
from predmon.sentences import read_sentences
from tests.unit.predmon.commands.conftest import Server

ROOT = Path(__file__).resolve().parents[5]
SENTENCES = read_sentences(ROOT / "predmon" / "local" / "sentences.csv")
MODEL = ROOT / "inference_lambda" / "model"
ENOUGH = 100
"""How many sentences show the difference. A deployment asks for more, but each sentence costs the model's time."""


@pytest.fixture
def normal(tmp_path: Path) -> Path:
    return written(tmp_path / "normal.txt", random.Random(0).sample(SENTENCES, ENOUGH))


def simulate(file: Path, normal: Path, *arguments: str) -> Result:
    return CliRunner().invoke(drift, ["simulate", str(file), "--against", str(normal), *arguments])


def written(path: Path, sentences: list[str]) -> Path:
    path.write_text("\n".join(" ".join(each.split()) for each in sentences), encoding="utf-8")
    return path


def test_the_same_kind_of_sentences_is_stable(tmp_path: Path, normal: Path) -> None:
    others = [sentence for sentence in SENTENCES if sentence not in normal.read_text(encoding="utf-8")]
    sample = random.Random(1).sample(others, ENOUGH)

    result = simulate(written(tmp_path / "sample.txt", sample), normal, "--minimum", str(ENOUGH))

    assert "100 predictions against normal.txt: stable" in result.output
    assert result.exit_code == 0


def test_shuffled_sentences_are_drift_and_the_label_mix_says_why(tmp_path: Path, normal: Path) -> None:
    generator = random.Random(1)
    shuffled = [" ".join(generator.sample(each.split(), len(each.split()))) for each in SENTENCES[:ENOUGH]]

    result = simulate(written(tmp_path / "shuffled.txt", shuffled), normal, "--minimum", str(ENOUGH))

    assert "100 predictions against normal.txt: drift" in result.output
    assert "share of “unacceptable”" in result.output


def test_a_few_sentences_are_not_enough_unless_that_is_asked_for(tmp_path: Path) -> None:
    file = written(tmp_path / "few.txt", SENTENCES[:10])

    assert "10 predictions against few.txt: not enough data" in simulate(file, file).output
    assert "10 predictions against few.txt: stable" in simulate(file, file, "--minimum", "10").output


def test_a_file_without_sentences_is_said_to_be_one(tmp_path: Path, normal: Path) -> None:
    result = simulate(written(tmp_path / "empty.txt", []), normal)

    assert isinstance(result.exception, UserError)
    assert "holds no sentences" in str(result.exception)


def test_a_folder_without_a_model_is_said_to_be_one(tmp_path: Path, normal: Path) -> None:
    result = simulate(normal, normal, "--model-dir", str(tmp_path))

    assert isinstance(result.exception, UserError)
    assert f"The model in {tmp_path} cannot be used" in str(result.exception)


def test_of_several_log_groups_one_is_named(server: Server, tmp_path: Path) -> None:
    file = written(tmp_path / "few.txt", SENTENCES[:1])
    server.has_stack(OpenSearchUrl=server.url, LogGroupNames="/one,/two", DriftFunctionName="drift")
    variables = {"Environment": {"Variables": Config(server.url).to_env()}}
    server.answers["GET /2015-03-31/functions/drift/configuration"] = variables
    server.answers["POST /prediction-reference/_refresh"] = {}
    server.answers["POST /prediction-reference/_search"] = {"hits": {"hits": []}}

    unnamed = CliRunner().invoke(drift, ["simulate", str(file), "--model-dir", str(MODEL)])
    named = CliRunner().invoke(drift, ["simulate", str(file), "--model-dir", str(MODEL), "--log-group", "/two"])

    assert "Name one with --log-group: /one, /two" in str(unnamed.exception)
    assert "There is no reference yet" in str(named.exception)
    assert any(b'"/two"' in body for name, body in server.requests if name.endswith("_search"))


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    result = CliRunner().invoke(drift, ["baseline", "--from", "1d", "--to", "2026-01-01", "--reference", "x"])

    assert result.exit_code == 2
    assert "is not before 2026-01-01" in result.output


def test_two_models_are_compared_on_the_same_sentences(tmp_path: Path) -> None:
    other = tmp_path / "swapped"
    other.mkdir()
    for file in MODEL.iterdir():
        (other / file.name).write_bytes(file.read_bytes())
    labels = json.loads((other / "labels.json").read_text())
    (other / "labels.json").write_text(json.dumps(labels[::-1]))
    file = written(tmp_path / "some.txt", SENTENCES[:ENOUGH])
    arguments = ["--model-dir", str(MODEL), "--against-model-dir", str(other), "--minimum", str(ENOUGH)]

    result = CliRunner().invoke(drift, ["simulate", str(file), *arguments])

    assert "The two models give 100 sentences of 100 another label." in result.output
    assert "100 predictions against model version" in result.output
    assert "drift: " in result.output


def test_two_models_and_two_files_at_once_are_refused(tmp_path: Path, normal: Path) -> None:
    result = simulate(normal, normal, "--against-model-dir", str(MODEL))

    assert result.exit_code == 2
    assert "exclude each other" in result.output


def test_a_report_fits_eighty_columns_and_begins_with_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    words = "share of “unacceptable” 31 % → 47 %, share of “something quite long that nobody reads” 4 % → 9 %"
    head = {
        "log_group": "/aws/lambda/" + "a-function-with-a-long-name-" * 2,
        "model": {"version": "94ee2f49484d"},
        "verdict": "drift",
        "words": f"{words}; since 2026-05-01 11:00 UTC; compared with “first 14 days” (revision 9)",
        "window": {"from": "2026-05-01T11:00:00.000Z", "to": "2026-05-01T12:00:00.000Z", "predictions": 2140},
        "reference": {"name": "first 14 days", "revision": 9, "model_version": "94ee2f49484d", "predictions": 604_812},
    }
    signals = [
        {"signal": "text_length", "verdict": "stable", "words": words, "effect": 0.01, "p_adjusted": 1.0},
        {"signal": "label", "verdict": "drift", "words": words, "effect": 0.16, "look": "6 hours", "psi": 0.11}
        | {"since": "2026-05-01T11:00:00.000Z", "p_adjusted": 1e-24},
        {"signal": "a.very.long.field.of.ones.own.keyword", "verdict": "not enough data", "words": words},
    ]

    print_run(head, signals)

    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[1].startswith("drift: share of “unacceptable” 31 % → 47 %") or lines[2].startswith("drift:")
    rows = [line.split()[0] for line in lines if line.startswith(("drift ", "not enough data ", "stable "))]
    assert rows == ["drift", "not", "stable"]


def test_a_program_gets_the_newest_comparison_with_its_signals_as_json(server: Server) -> None:
    server.has_stack(OpenSearchUrl=server.url, DriftFunctionName="drift")
    head = {"run": "r", "log_group": "/a", "@timestamp": "2026-05-01T12:00:00.000Z", "verdict": "drift"}
    server.answers["POST /drift-*/_search"] = {"hits": {"hits": [{"_source": head}]}}

    (found,) = json.loads(CliRunner().invoke(drift, ["report", "--json"]).output)

    assert (found["verdict"], found["log_group"], found["signals"]) == ("drift", "/a", [head])
