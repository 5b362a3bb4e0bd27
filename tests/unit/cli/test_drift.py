"""`predmon drift simulate` on files alone: the packaged model, no cloud."""

import random
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.drift import drift
from cli.sentences import read_sentences
from local.errors import LocalError

ROOT = Path(__file__).resolve().parents[3]
SENTENCES = read_sentences(ROOT / "local" / "sentences.csv")
ENOUGH = 200
"""How many sentences are judged without asking for it."""


@pytest.fixture(autouse=True)
def in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


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
    sample = others + random.Random(1).sample(SENTENCES, ENOUGH - len(others))

    result = simulate(written(tmp_path / "sample.txt", sample), normal)

    assert "200 predictions against normal.txt: stable" in result.output
    assert result.exit_code == 0


def test_shuffled_sentences_are_drift_and_the_label_mix_says_why(tmp_path: Path, normal: Path) -> None:
    generator = random.Random(1)
    shuffled = [" ".join(generator.sample(each.split(), len(each.split()))) for each in SENTENCES[:ENOUGH]]

    result = simulate(written(tmp_path / "shuffled.txt", shuffled), normal)

    assert "200 predictions against normal.txt: drift" in result.output
    assert "share of `unacceptable`" in result.output


def test_a_few_sentences_are_not_enough_unless_that_is_asked_for(tmp_path: Path) -> None:
    file = written(tmp_path / "few.txt", SENTENCES[:50])

    assert "50 predictions against few.txt: not enough data" in simulate(file, file).output
    assert "50 predictions against few.txt: stable" in simulate(file, file, "--minimum", "50").output


def test_a_file_without_sentences_is_said_to_be_one(tmp_path: Path, normal: Path) -> None:
    result = simulate(written(tmp_path / "empty.txt", []), normal)

    assert isinstance(result.exception, LocalError)
    assert "holds no sentences" in str(result.exception)
