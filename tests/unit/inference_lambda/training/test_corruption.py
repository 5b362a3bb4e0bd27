"""Broken sentences for the warm-up: each differs from its original, and the seed decides how."""

from pathlib import Path

import pytest

from inference_lambda.training.corruption import corrupted, read_usage_examples

GLOSS = "00001740 03 n 01 thing 0 000 | something; "


@pytest.fixture
def wordnet(tmp_path: Path) -> Path:
    """Write test sentences in the form of WordNet's data files."""
    for part in ("noun", "adj", "adv"):
        (tmp_path / f"data.{part}").write_text("  1 a licence line\n", encoding="latin-1")
    (tmp_path / "data.verb").write_text(
        f'{GLOSS}"the boy gave her an apple."; "too short"; "did they walk to the café?"\n', encoding="latin-1"
    )
    return tmp_path


def test_usage_examples_of_five_words_are_read(wordnet: Path) -> None:
    assert read_usage_examples(wordnet) == ["the boy gave her an apple", "did they walk to the café?"]


def test_each_sentence_comes_with_a_copy_that_is_broken(wordnet: Path) -> None:
    sentences = read_usage_examples(wordnet) * 200

    examples = corrupted(sentences, seed=1)

    whole, broken = examples[::2], examples[1::2]
    assert {example.acceptable for example in whole} == {1} and {example.acceptable for example in broken} == {0}
    assert {example.sentence for example in whole} == {"the boy gave her an apple.", "did they walk to the café?"}
    assert all(before.sentence != after.sentence for before, after in zip(whole, broken, strict=True))
    assert len({example.sentence for example in broken}) > 100


def test_seed_decides(wordnet: Path) -> None:
    sentences = read_usage_examples(wordnet) * 10

    assert corrupted(sentences, seed=1) == corrupted(sentences, seed=1) != corrupted(sentences, seed=2)
