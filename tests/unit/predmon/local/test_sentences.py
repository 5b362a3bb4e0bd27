"""The demo's sentences: enough different ones of every kind, with characters that break careless code."""

import csv
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

SENTENCES = Path(__file__).parents[4] / "predmon" / "local" / "sentences.csv"
LONGEST_WORDS = 2_000
ZERO_WIDTH_JOINER = "\u200d"
REGIONAL_INDICATOR_N = "\U0001f1f3"

Row = dict[str, str]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    with SENTENCES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def of_kind(rows: list[Row], kind: str) -> list[str]:
    return [row["sentence"] for row in rows if row["kind"] == kind]


def test_every_row_has_a_sentence_a_kind_and_the_label_that_is_right_where_one_is(rows: list[Row]) -> None:
    right = {"plain": "acceptable", "ungrammatical": "unacceptable", "edge": "", "long": ""}
    assert all(row.keys() == {"sentence", "kind", "label"} for row in rows)
    assert all(row["label"] == right[row["kind"]] for row in rows)
    assert all(row["sentence"].strip() for row in rows)


def test_there_are_at_least_three_hundred_sentences(rows: list[Row]) -> None:
    assert len(rows) >= 300


def test_no_two_sentences_differ_only_in_case_or_spacing(rows: list[Row]) -> None:
    normalised = Counter(" ".join(row["sentence"].split()).casefold() for row in rows)

    repeated = [sentence for sentence, times in normalised.items() if times > 1]

    assert repeated == []


def test_most_are_plain_and_every_other_kind_is_there(rows: list[Row]) -> None:
    kinds = Counter(row["kind"] for row in rows)

    assert kinds.keys() == {"plain", "ungrammatical", "edge", "long"}
    assert kinds["plain"] >= 200
    assert kinds["ungrammatical"] >= 60
    assert kinds["edge"] >= 40


def test_plain_and_ungrammatical_sentences_are_one_printable_line_each(rows: list[Row]) -> None:
    ordinary = of_kind(rows, "plain") + of_kind(rows, "ungrammatical")

    assert all(sentence.isascii() and sentence.isprintable() for sentence in ordinary)
    assert all(3 <= len(sentence.split()) <= 25 for sentence in ordinary)


def test_the_kinds_are_mixed_so_that_any_screenful_shows_several(rows: list[Row]) -> None:
    screenfuls = [rows[start : start + 20] for start in range(len(rows) - 19)]

    assert all({"plain", "ungrammatical", "edge"} <= {row["kind"] for row in screen} for screen in screenfuls)


@pytest.mark.parametrize(
    "fragment",
    [
        pytest.param('"', id="double quote"),
        pytest.param('"""', id="three double quotes"),
        pytest.param("'", id="single quote"),
        pytest.param("“", id="curly quote"),
        pytest.param(",", id="comma"),
        pytest.param("é", id="composed accent"),
        pytest.param("e\u0301", id="combining accent"),
        pytest.param("ß", id="sharp s"),
        pytest.param("漢字", id="kanji"),
        pytest.param("😴", id="emoji"),
        pytest.param(ZERO_WIDTH_JOINER, id="joined emoji"),
        pytest.param(REGIONAL_INDICATOR_N, id="flag"),
        pytest.param("\r\n", id="Windows line break"),
        pytest.param("\u2028", id="Unicode line separator"),
        pytest.param("\t", id="tab"),
        pytest.param("\\", id="backslash"),
        pytest.param("\x1b[31m", id="terminal escape"),
        pytest.param("<script>alert(1)</script>", id="script tag"),
        pytest.param("onerror=", id="event attribute"),
        pytest.param('{"prediction": 1}', id="JSON"),
        pytest.param("DROP TABLE", id="SQL"),
        pytest.param("https://", id="address"),
        pytest.param("prediction", id="the subscription filter's own pattern"),
        pytest.param("\u200b", id="zero-width space"),
        pytest.param("\ufeff", id="byte order mark"),
        pytest.param("\u202e", id="right-to-left override"),
    ],
)
def test_an_edge_case_contains(fragment: str, rows: list[Row]) -> None:
    assert any(fragment in sentence for sentence in of_kind(rows, "edge"))


def test_an_edge_case_breaks_its_line_without_a_carriage_return(rows: list[Row]) -> None:
    assert any("\n" in sentence and "\r" not in sentence for sentence in of_kind(rows, "edge"))


@pytest.mark.parametrize("script", ["ARABIC", "CYRILLIC", "GREEK", "HANGUL", "HEBREW", "HIRAGANA", "THAI"])
def test_an_edge_case_is_partly_written_in(script: str, rows: list[Row]) -> None:
    names = {unicodedata.name(char, "") for sentence in of_kind(rows, "edge") for char in sentence}

    assert any(name.startswith(f"{script} ") for name in names)


def test_the_shortest_edge_case_is_a_single_character(rows: list[Row]) -> None:
    assert min(len(sentence) for sentence in of_kind(rows, "edge")) == 1


def test_exactly_one_text_has_two_thousand_words_and_none_has_more(rows: list[Row]) -> None:
    lengths = Counter(len(row["sentence"].split()) for row in rows)

    assert max(lengths) == LONGEST_WORDS
    assert lengths[LONGEST_WORDS] == 1
    assert [len(sentence.split()) for sentence in of_kind(rows, "long")] == [LONGEST_WORDS]


def test_the_long_text_is_prose_and_not_repetition(rows: list[Row]) -> None:
    [text] = of_kind(rows, "long")

    sentences = text.split(". ")

    assert len(set(sentences)) == len(sentences) >= 50
    assert len(set(text.casefold().split())) >= 600


def test_the_shifted_sentences_are_other_ones_and_enough_for_a_comparison() -> None:
    with SENTENCES.with_name("shifted.csv").open(encoding="utf-8", newline="") as file:
        shifted = [row["sentence"] for row in csv.DictReader(file, strict=True)]
    with SENTENCES.open(encoding="utf-8", newline="") as file:
        normal = {row["sentence"] for row in csv.DictReader(file, strict=True)}

    assert len(set(shifted)) == len(shifted) >= 200
    assert not normal & set(shifted)
