"""What a text is made of: its words, in any language, and what may be kept of a text that is not stored."""

import random
from typing import Any

import pytest

from contracts.text_terms import FEW_WORDS, HIDDEN, NO_WORDS, find_terms, hide_terms, make_shape, read_shape


@pytest.mark.parametrize(
    ("written", "terms"),
    [
        ("Don't stop, don’t!", {"don't", "don’t", "stop"}),
        ("HELP ME", {"help", "me", "(upper case)"}),
        (
            "see https://a.example/b 3",
            {"see", "https", "a", "example", "b", "3", "(links)", "(digits)", "(lower case)"},
        ),
        ("Größe und Straße", {"größe", "und", "straße"}),
        ("Привет, мир", {"привет", "мир"}),
        ("今日は雨", {"今日", "日は", "は雨"}),
        ("雨", {"雨"}),
        ("🌱 … !!", {NO_WORDS}),
        ("", {NO_WORDS}),
    ],
)
def test_a_word_is_one_in_every_language(written: str, terms: set[str]) -> None:
    assert find_terms(written) == terms


@pytest.mark.parametrize(
    ("written", "kinds"),
    [
        ("The cat sat on a mat.", set()),
        ("HELP 3", {"(upper case)", "(digits)", FEW_WORDS}),
        ("see www.a.example for more of it", {"(lower case)", "(links)"}),
        ("Привет, мир", {"(script CYRILLIC)", FEW_WORDS}),
        ("今日は雨が降る", {"(script CJK)"}),
        ("🌱 !!", {NO_WORDS}),
    ],
)
def test_of_a_hidden_text_its_kind_its_script_and_one_bin_are_kept(written: str, kinds: set[str]) -> None:
    kept = hide_terms(written)

    assert kept == hide_terms(written) and all(HIDDEN.fullmatch(each) for each in kept)
    assert {each for each in kept if not each.startswith("(word bin")} == kinds
    assert sum(each.startswith("(word bin") for each in kept) == (not {NO_WORDS, FEW_WORDS} & kinds)


def test_what_is_kept_fits_countless_texts() -> None:
    by = random.Random(1)
    texts = {" ".join("".join(by.choices("abcdefghij", k=5)) for _ in range(8)) for _ in range(20_000)}

    kept = [tuple(hide_terms(each)) for each in texts]

    assert len(set(kept)) == 256 and max(map(kept.count, set(kept))) < 3 * len(kept) / 256


def test_a_shape_is_read_as_it_was_made() -> None:
    assert read_shape(make_shape("HELP me 3")) == {
        "text_characters": 9,
        "text_words": 3,
        "text_terms": hide_terms("HELP me 3"),
    }


@pytest.mark.parametrize(
    "shape",
    [
        None,
        "55",
        [],
        {"characters": 5},
        {"characters": True, "words": 1},
        {"characters": -1, "words": 1},
        {"characters": 1.5, "words": 1},
        {"characters": 2**40, "words": 1},
        {"characters": 5, "words": 1, "terms": "secret"},
        {"characters": 5, "words": 1, "terms": ["secret"]},
        {"characters": 5, "words": 1, "terms": ["(word bin 1)"] * 7},
        {"characters": 5, "words": 1, "terms": [1]},
    ],
)
def test_what_is_no_shape_gives_nothing(shape: Any) -> None:
    assert read_shape(shape) == {}
