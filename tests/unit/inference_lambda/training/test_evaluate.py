"""The evaluation: the metric, the format of the corpus, and the figures of the model card."""

from pathlib import Path

import numpy as np
import pytest

from inference_lambda.training.cola import matthews, read_examples
from inference_lambda.training.evaluate import interval, main


def test_matthews_is_the_correlation_of_two_yes_no_sequences() -> None:
    truth, guesses = np.random.default_rng(1).integers(2, size=(2, 500)).tolist()

    assert matthews(truth, guesses) == pytest.approx(np.corrcoef(truth, guesses)[0, 1])
    assert matthews(truth, truth) == 1.0
    assert matthews(truth, [1 - value for value in truth]) == -1.0


def test_constant_guess_scores_nothing() -> None:
    assert matthews([0, 1, 1], [1, 1, 1]) == 0.0


def test_interval_holds_the_figure_and_repeats() -> None:
    truth, noise = np.random.default_rng(1).integers(2, size=(2, 500))
    guesses = np.where(noise, truth, 1 - truth)

    low, high = interval(truth.tolist(), guesses.tolist())

    assert low < matthews(truth.tolist(), guesses.tolist()) < high
    assert interval(truth.tolist(), guesses.tolist()) == (low, high)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Write a test corpus in CoLA's format."""
    rows = ["a\t1\t\tShe reads a book.", "a\t0\t*\tBook a reads she.", "a\t1\t\tWe met him on Friday."]
    (tmp_path / "in_domain_dev.tsv").write_text("\n".join(rows * 5) + "\n", encoding="utf-8")
    return tmp_path


def test_four_columns_are_read(data: Path) -> None:
    assert read_examples(data / "in_domain_dev.tsv")[:2] == [("She reads a book.", 1), ("Book a reads she.", 0)]


def test_figures_of_the_packaged_model_are_printed(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(data)]) == 0

    assert "15 sentences" in capsys.readouterr().out


def test_figure_below_the_wanted_one_fails(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(data), "--at-least", "1.01"]) == 1

    assert "the correlation is below --at-least 1.01" in capsys.readouterr().err


def test_a_missing_dataset_is_named_with_where_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"in_domain_dev.tsv is not there. Give the folder of CoLA"):
        main([str(tmp_path)])
