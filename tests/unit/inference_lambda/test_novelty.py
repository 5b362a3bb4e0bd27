"""Novelty: how unlike the training texts a text is."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from inference_lambda.config import PACKAGE
from inference_lambda.folder import NOVELTY_FILE
from inference_lambda.model import Model, ModelError
from inference_lambda.novelty import GRAM_BITS, PAIR_BITS, Novelty, NoveltyError, Tables, gram_places

MakeFolder = Callable[..., Path]
PACKAGED = PACKAGE / "model"
FOREIGN = ["Der Hund schläft heute auf dem Sofa.", "Le garçon est assis sur un banc vert.", "日本語の文です。"]
CODE = ["for i in range(10): print(i)", "import os, sys; sys.exit(main(argv[1:]))"]
LOGS = ["2026-11-30T22:42:01.120Z INFO [worker-3] GET /api/v1/items/881 200 12ms"]
SENTENCES = ["The boy is sitting on a bench.", "John believes that Mary left.", "Who did you see in the park?"]


@pytest.fixture(scope="module")
def model() -> Model:
    return Model(PACKAGED, name="packaged")


@pytest.mark.parametrize("text", [*FOREIGN, *CODE, *LOGS, "qwpe xzvj aoqpw", "THE BOY IS SITTING ON A BENCH."])
def test_other_kinds_of_text_are_beyond_nearly_all_usual_ones(model: Model, text: str) -> None:
    novelty = model.classify(text).novelty

    assert novelty is not None and novelty >= 0.99


@pytest.mark.parametrize("text", SENTENCES)
def test_usual_sentences_are_not(model: Model, text: str) -> None:
    novelty = model.classify(text).novelty

    assert novelty is not None and novelty < 0.95


@pytest.mark.parametrize("text", ["", " ", "a", "\x00", "🌱" * 300, "word " * 4000])
def test_any_text_has_a_novelty_from_0_to_1(model: Model, text: str) -> None:
    novelty = model.classify(text).novelty

    assert novelty is not None and 0 <= novelty <= 1


def test_novelty_is_the_share_of_usual_texts_that_score_lower() -> None:
    tables = Tables(
        np.zeros(1 << (GRAM_BITS - 3), np.uint8), np.zeros(10, np.uint8), np.zeros(1 << PAIR_BITS, np.uint8)
    )
    only_grams = np.array([0.0, 1, 0, 0, 0, 0, 0])  # of which all are unseen: the raw score is 1
    levels = np.array([0.0, 0.5, 1.0])

    found = [
        Novelty(tables, 1.0, only_grams, np.array(quantiles), levels).of("the boy", [4, 5])
        for quantiles in ([1.5, 2, 3], [0.5, 2, 3], [0.5, 0.6, 3], [0.5, 0.6, 0.7])
    ]

    assert found == [0.0, 0.0, 0.5, 1.0]


def test_a_folder_without_the_file_gives_no_novelty(make_folder: MakeFolder) -> None:
    assert Model(make_folder("plain"), name="mine").classify("the boy").novelty is None


def test_padding_changes_nothing(make_folder: MakeFolder) -> None:
    from inference_lambda.training.novelty import write

    answers = []
    for name in ("plain", "fixed_length"):
        folder = make_folder(name)
        write(folder, ["the boy sits", "a boy sits on the bench", "on a bench"] * 100, ["the boy", "a bench"] * 50)
        answers.append(Model(folder, name="mine").classify("the bench sits").novelty)

    assert answers[0] == answers[1]


def test_a_file_of_another_tokenizer_is_refused_with_the_way_out(make_folder: MakeFolder) -> None:
    folder = make_folder("plain")
    shutil.copy(PACKAGED / NOVELTY_FILE, folder)

    with pytest.raises(ModelError, match=r"made for a tokenizer of 30522 tokens, and this one has 10; make it again"):
        Model(folder, name="mine")


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut off"])
def test_a_broken_file_is_named(make_folder: MakeFolder, content: bytes) -> None:
    folder = make_folder("plain")
    (folder / NOVELTY_FILE).write_bytes(content)

    with pytest.raises(NoveltyError, match=r"novelty\.npz cannot be read"):
        Novelty.load(folder, 10)


def test_grams_are_the_bytes_of_the_text_between_spaces() -> None:
    assert len(gram_places("abc")) == 1 and len(gram_places("ab")) == 0
    assert set(gram_places("abcd")) < set(gram_places("abcd efg"))


def test_the_packaged_file_is_small() -> None:
    assert (PACKAGED / NOVELTY_FILE).stat().st_size <= 130_000
