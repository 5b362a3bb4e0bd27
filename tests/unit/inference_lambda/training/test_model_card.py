"""The model card is about the packaged model, not an earlier one."""

import re
from pathlib import Path

from inference_lambda.config import PACKAGE
from inference_lambda.model import Model
from inference_lambda.training.cola import Example, hold_out

CARD = (PACKAGE / "training" / "README.md").read_text(encoding="utf-8")
MODEL: Path = PACKAGE / "model" / "model.onnx"


def test_card_names_the_packaged_version_and_its_size() -> None:
    version = Model(PACKAGE / "model", name="packaged").version

    assert f"version `{version}`, {MODEL.stat().st_size / 1e6:.1f} MB" in CARD


def test_packaged_model_stays_small() -> None:
    assert MODEL.stat().st_size <= 25e6


def test_card_states_the_wanted_correlation_with_its_caveat() -> None:
    figure = re.search(r"\*\*(0\.\d+)\*\* on CoLA's in-domain dev set", CARD)

    assert figure and float(figure[1]) >= 0.35
    assert "In-domain only." in CARD


def test_the_examples_kept_aside_are_always_the_same_and_never_trained_on() -> None:
    examples = [Example(f"sentence {number}", 1) for number in range(100)]

    rest, aside = hold_out(examples, 0.1)

    assert len(aside) == 10 and sorted(rest + aside) == sorted(examples)
    assert hold_out(examples, 0.1) == (rest, aside)
