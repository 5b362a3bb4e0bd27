"""`predmon drift simulate` on files alone: the packaged model, no cloud."""

import random
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.drift import drift
from cli.sentences import read_sentences
from local.errors import LocalError

ROOT = Path(__file__).resolve().parents[3]
NORMAL = ROOT / "local" / "sentences.csv"


@pytest.fixture(autouse=True)
def in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def simulate(file: Path, *arguments: str) -> Result:
    return CliRunner().invoke(drift, ["simulate", str(file), "--against", str(NORMAL), *arguments])


def written(path: Path, sentences: list[str]) -> Path:
    path.write_text("\n".join(" ".join(each.split()) for each in sentences), encoding="utf-8")
    return path


def test_the_same_kind_of_sentences_is_stable(tmp_path: Path) -> None:
    sentences = read_sentences(NORMAL)

    result = simulate(written(tmp_path / "sample.txt", random.Random(1).sample(sentences, 250)))

    assert "250 predictions against sentences.csv: stable" in result.output
    assert result.exit_code == 0


def test_shuffled_sentences_are_drift_and_the_label_mix_says_why(tmp_path: Path) -> None:
    generator = random.Random(1)
    sentences = [" ".join(generator.sample(each.split(), len(each.split()))) for each in read_sentences(NORMAL)]

    result = simulate(written(tmp_path / "shuffled.txt", sentences))

    assert "predictions against sentences.csv: drift" in result.output
    assert "share of `unacceptable`" in result.output


def test_a_few_sentences_are_not_enough_unless_that_is_asked_for(tmp_path: Path) -> None:
    file = written(tmp_path / "few.txt", read_sentences(NORMAL)[:50])

    assert "50 predictions against sentences.csv: not enough data" in simulate(file).output
    assert "not enough data" not in simulate(file, "--minimum", "50").output


def test_a_file_without_sentences_is_said_to_be_one(tmp_path: Path) -> None:
    result = simulate(written(tmp_path / "empty.txt", []))

    assert isinstance(result.exception, LocalError)
    assert "holds no sentences" in str(result.exception)
