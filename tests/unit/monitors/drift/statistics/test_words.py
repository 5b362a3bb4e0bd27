"""The words of texts: what counts as one, in any language, and which are more or less frequent than before."""

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from contracts.text_terms import hide_terms
from monitors.drift.statistics.words import (
    MOST_WORDS,
    TextCounts,
    compare_terms,
    count_texts,
    find_bucket,
)

START = datetime(2026, 5, 4, tzinfo=UTC)
COMMON = [f"word{number}" for number in range(60)]


def text(by: random.Random, *more: str) -> str:
    return " ".join(["The", *by.choices(COMMON, range(60, 0, -1), k=6), *more]) + "."


def hours(days: int = 4, each: int = 60, seed: int = 1) -> dict[datetime, list[str]]:
    by = random.Random(seed)
    return {START + timedelta(hours=at): [text(by) for _ in range(each)] for at in range(24 * days)}


def test_each_word_counts_once_a_text() -> None:
    counted = count_texts({START: ["Spam spam spam."] * 10})

    assert counted.counts[0][counted.words.index("spam")] == 10 == counted.total


def test_words_of_few_texts_are_not_kept_by_name() -> None:
    counted = count_texts({START: ["Anna called."] * 4 + ["Nobody called."] * 8})

    assert set(counted.words) == {"called", "nobody"}
    assert counted.rest[find_bucket("anna")] == 4


def test_counts_survive_the_index() -> None:
    counted = count_texts(hours())

    assert len(counted.words) <= MOST_WORDS
    assert TextCounts.from_json(counted.to_json()) == TextCounts(
        *(counted.words, counted.texts, counted.counts, counted.rest),
        tuple(float(f"{each:.3g}") for each in counted.excess),
        counted.degrees,
    )


def test_a_new_word_and_a_frequent_one_are_found_and_others_not() -> None:
    counted, by = count_texts(hours()), random.Random(7)
    window = [text(by, *(["acme"] if at % 20 == 0 else []), *(["word59"] * (at % 4 == 0))) for at in range(500)]

    terms = sorted(compare_terms(counted, window, {10: 500})[1], key=lambda term: term.p_value)

    assert {terms[0].name, terms[1].name} == {"acme", "word59"}
    acme = next(term for term in terms if term.name == "acme")
    assert acme.before == 0 and acme.now == 0.05 and acme.texts == 25
    assert terms[1].p_value < 1e-6 and terms[2].p_value > 1e-4


def test_a_word_that_is_not_named_counts_as_its_bucket() -> None:
    counted = count_texts({START: [f"Text {number}" for number in range(3000)]})

    (found,) = [term for term in compare_terms(counted, ["unheard"] * 10, {0: 10})[1] if term.name == "unheard"]

    assert found.before == counted.rest[find_bucket("unheard")] / 3000


def test_a_word_of_other_hours_is_not_new() -> None:
    made = {START + timedelta(hours=at): ["Usual text"] * 300 for at in range(48)}
    made[START + timedelta(hours=5)] += ["Seldom"] * 20

    (found,) = [t for t in compare_terms(count_texts(made), ["seldom"] * 4, {10: 4})[1] if t.name == "seldom"]

    assert found.before > 0


def test_hours_of_their_own_kind_are_what_is_usual() -> None:
    by, made = random.Random(3), {}
    for at in range(24 * 6):
        evening = at % 24 >= 18
        made[START + timedelta(hours=at)] = [text(by, *(["pizza"] * (evening and n % 2))) for n in range(100)]
    counted = count_texts(made)
    window = [text(by, *(["pizza"] * (number % 2))) for number in range(500)]

    def judge(kind: int) -> float:
        return next(term.p_value for term in compare_terms(counted, window, {kind: 500})[1] if term.name == "pizza")

    assert judge(19) > 0.01 and judge(9) < 1e-6


def test_a_word_that_moves_by_itself_must_move_more() -> None:
    by, steady, moving = random.Random(3), {}, {}
    for at in range(24 * 6):
        hour = START + timedelta(hours=at)
        steady[hour] = [text(by, *(["sale"] * (by.random() < 0.2))) for _ in range(100)]
        share = by.choice([0.05, 0.35])
        moving[hour] = [text(by, *(["sale"] * (by.random() < share))) for _ in range(100)]
    window = [text(by, *(["sale"] * (number % 10 < 3))) for number in range(500)]

    def judge(made: dict[datetime, list[str]]) -> float:
        _, terms = compare_terms(count_texts(made), window, {10: 500})
        return next(term.p_value for term in terms if term.name == "sale")

    assert judge(steady) < 1e-3 and judge(moving) > 0.05


def hidden(texts: Iterable[str]) -> list[frozenset[str]]:
    return [frozenset(hide_terms(each)) for each in texts]


def test_another_language_is_seen_in_hidden_texts_and_nothing_where_nothing_changed() -> None:
    counted = count_texts({hour: hidden(texts) for hour, texts in hours().items()})
    by = random.Random(5)
    same = [text(by) for _ in range(500)]
    other = [" ".join(f"wort{number}" for number in by.choices(range(60), k=6)) for _ in range(150)]

    assert counted.hidden and not {"the", "word1"} & set(counted.words)
    assert min(term.p_value for term in compare_terms(counted, hidden(same), {10: 500})[1]) > 0.0001
    assert min(term.p_value for term in compare_terms(counted, hidden(same[150:] + other), {10: 500})[1]) < 0.00001


def test_texts_and_hidden_texts_are_compared_only_as_the_reference_counted() -> None:
    texts = [each for row in hours().values() for each in row]

    in_words, in_bins = count_texts({START: texts}), count_texts({START: hidden(texts)})

    assert compare_terms(in_words, hidden(texts), {0: 500}) == (0, [])
    counted, terms = compare_terms(in_bins, texts, {0: 500})
    assert counted == len(texts) and min(term.p_value for term in terms) > 0.01
    assert TextCounts.from_json(in_bins.to_json()).hidden
