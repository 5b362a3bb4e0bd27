"""The model: which folders it loads, what it answers, and what it refuses."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from inference_lambda.config import PACKAGE
from inference_lambda.model import Classification, Model, ModelError

MakeFolder = Callable[..., Path]


@pytest.fixture(scope="module")
def packaged() -> Model:
    return Model(PACKAGE / "model", name="cola-minilm")


def test_packaged_model_tells_a_sentence_from_a_heap_of_words(packaged: Model) -> None:
    assert packaged.classify("The boy is sitting on a bench.").label == "acceptable"
    assert packaged.classify("Bench the a on sitting is boy.").label == "unacceptable"


def test_version_is_the_files_own_hash(packaged: Model) -> None:
    digest = hashlib.sha256((PACKAGE / "model" / "model.onnx").read_bytes()).hexdigest()

    assert packaged.version == digest[:12]


def test_end_beyond_the_models_length_is_cut_and_said_so(packaged: Model) -> None:
    text = "word " * 2000

    assert packaged.classify(text).truncated
    assert packaged.classify(text) == packaged.classify(text + "another end")


@pytest.mark.parametrize("text", ["日本語の文です。", "🌱🌱🌱", "\x00\x1b[31m", "a\nb\r\n\u2028c", "'; DROP TABLE --"])
def test_any_text_gets_an_answer(packaged: Model, text: str) -> None:
    answer = packaged.classify(text)

    assert answer.label in packaged.labels and 0.5 <= answer.score <= 1


def test_answer_is_the_most_probable_label_with_its_probability(make_folder: MakeFolder) -> None:
    model = Model(make_folder("plain"), name="mine")

    # Four tokens with the special ones: logits 4 and 2, so 1 / (1 + e^-2).
    assert model.classify("the boy") == Classification("long", 0.8808, truncated=False)


def test_tokenizers_own_length_is_kept(make_folder: MakeFolder) -> None:
    model = Model(make_folder("plain", max_tokens=4), name="mine")

    assert model.classify("the boy sits on a bench") == Classification("long", 0.8808, truncated=True)


def test_model_of_a_fixed_length_is_padded_to_it(make_folder: MakeFolder) -> None:
    model = Model(make_folder("fixed_length"), name="tutorial")

    assert model.classify("the boy") == Classification("long", 0.8808, truncated=False)
    assert model.classify("the boy sits on a bench " * 3).truncated


def test_token_types_are_given_to_a_model_that_asks(make_folder: MakeFolder) -> None:
    assert Model(make_folder("with_token_types"), name="mine").classify("the boy").label == "short"


@pytest.mark.parametrize(
    ("name", "labels", "reason"),
    [
        ("other_inputs", ["a", "b"], "has the inputs pixels, mask; it must have input_ids and attention_mask"),
        ("three_labels", ["a", "b"], "has 3 outputs, but labels.json names 2 labels"),
        ("plain", ["a"], "two or more labels"),
    ],
)
def test_folder_that_cannot_be_served_is_refused(
    make_folder: MakeFolder, name: str, labels: list[str], reason: str
) -> None:
    with pytest.raises(ModelError) as caught:
        Model(make_folder(name, labels=labels), name="mine")

    assert reason in str(caught.value)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_file_of_another_kind_is_refused(make_folder: MakeFolder, name: str) -> None:
    folder = make_folder("plain")
    (folder / name).write_text('{"model": {"type": "a kind of its own"}}')

    with pytest.raises(ModelError, match=name):
        Model(folder, name="mine")


@pytest.mark.parametrize(
    ("name", "reason"), [("not_finite", "not finite"), ("small_vocabulary", "the model failed: .*out of data bounds")]
)
def test_failure_of_the_model_is_an_error_and_no_answer(make_folder: MakeFolder, name: str, reason: str) -> None:
    model = Model(make_folder(name), name="mine")

    with pytest.raises(ModelError, match=reason):
        model.classify("the boy sits on a bench")


def test_a_synthesis_checks_a_folder_with_one_prediction(make_folder: MakeFolder) -> None:
    assert Model.load_and_try(make_folder("plain")).name == "plain"
    with pytest.raises(ModelError):
        Model.load_and_try(make_folder("not_finite"))


def test_a_folder_may_lie_anywhere(make_folder: MakeFolder, tmp_path: Path) -> None:
    moved = make_folder("plain").rename(tmp_path / "with space é")

    assert Model(moved, name="mine").classify("the boy").label == "long"
