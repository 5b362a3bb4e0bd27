"""The words of the texts and the novelty of the inputs, as the index has them."""

import random
from typing import Any
from urllib.parse import unquote

from opensearchpy import OpenSearch

from contracts.text_terms import hide_terms, measure
from monitors.drift.comparing import compare
from monitors.drift.config import Config
from monitors.drift.judgement.verdict import Verdict
from monitors.drift.references.reference import list_cards, load
from monitors.drift.reports.report import list_measures, write
from monitors.reporting.periods import Group, Period
from tests.local.drift.parts import HOUR, LAST_HOUR, NOW, index, normal, signal

DAY_BEFORE = Period(NOW - 26 * HOUR, NOW - 25 * HOUR)
WORDS = [f"word{number}" for number in range(50)]
Row = dict[str, Any]


def written(number: int, seed: int = 1, *, brand: float = 0.0, new: float = 0.0) -> list[Row]:
    by = random.Random(seed)
    rows = []
    for row in normal(number, seed=seed):
        text = " ".join(["The", *by.choices(WORDS, k=6), *(["acme"] if by.random() < brand else [])]) + "."
        novelty = 1.0 if by.random() < new else round(by.random(), 3)
        rows.append({**row, "text": text, "novelty": novelty})
    return rows


def test_a_new_word_is_named_with_a_link_to_its_predictions(search: OpenSearch, config: Config, group: Group) -> None:
    index(search, group, written(1000), DAY_BEFORE)
    index(search, group, written(400, seed=2, brand=0.05), LAST_HOUR)

    run = compare(search, group, LAST_HOUR, config)
    write(search, run)

    found = signal(run, "text")
    assert found.verdict is Verdict.WARNING and "“acme” new" in found.explanation
    (term,) = list_measures(found, run)["terms"]
    assert term["term"] == "acme" and 'text : "acme"' in unquote(term["link"]) and term["texts"] > 10
    assert signal(run, "novelty").verdict is Verdict.STABLE


def test_the_same_texts_are_stable_and_their_words_are_stored(search: OpenSearch, config: Config, group: Group) -> None:
    index(search, group, written(1000), DAY_BEFORE)
    index(search, group, written(400, seed=2), LAST_HOUR)

    run = compare(search, group, LAST_HOUR, config)

    assert signal(run, "text").verdict is Verdict.STABLE
    texts = load(search, list_cards(search, group.log_group)[0]).texts
    assert texts is not None and {"the", "word1"} <= set(texts.words) and texts.total >= 500


def test_inputs_of_a_new_kind_are_seen_by_their_novelty(search: OpenSearch, config: Config, group: Group) -> None:
    index(search, group, written(1000), DAY_BEFORE)
    index(search, group, written(400, seed=2, new=0.06), LAST_HOUR)

    run = compare(search, group, LAST_HOUR, config)

    assert signal(run, "novelty").verdict.severity
    assert "novelty" in run.explanation


def test_where_no_text_is_stored_nothing_is_said_of_words(search: OpenSearch, config: Config, group: Group) -> None:
    hashed = [{**row, "text": "sha256:" + "0" * 64} for row in normal(600)]
    index(search, group, hashed, DAY_BEFORE)
    index(search, group, hashed[:300], LAST_HOUR)

    run = compare(search, group, LAST_HOUR, config)

    assert not [finding for finding in run.findings if finding.signal in ("text", "novelty")]


def hide(rows: list[Row]) -> list[Row]:
    shown = [{name: value for name, value in row.items() if name not in ("text", "novelty")} for row in rows]
    return [
        {**each, "shipper": {**measure(row["text"]), "text_terms": hide_terms(row["text"])}}
        for each, row in zip(shown, rows, strict=True)
    ]


def test_texts_that_are_not_stored_are_compared_by_what_was_kept_of_them(
    search: OpenSearch, config: Config, group: Group
) -> None:
    changed = [{**row, "text": row["text"].upper()} if at % 4 == 0 else row for at, row in enumerate(written(400, 2))]
    index(search, group, hide(written(1000)), DAY_BEFORE)
    index(search, group, hide(changed), LAST_HOUR)

    found = signal(compare(search, group, LAST_HOUR, config), "text")

    assert found.verdict is Verdict.DRIFT and found.explanation.startswith("texts with (upper case) new 25")


def test_words_are_not_compared_once_texts_are_no_longer_stored(
    search: OpenSearch, config: Config, group: Group
) -> None:
    index(search, group, written(1000), DAY_BEFORE)
    index(search, group, hide(written(400, seed=2)), LAST_HOUR)

    found = signal(compare(search, group, LAST_HOUR, config), "text")

    assert found.verdict is Verdict.NOT_ENOUGH_DATA and "0 of the" in found.explanation
