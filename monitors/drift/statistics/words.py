"""Which words, and which kinds of texts, became more or less frequent: counts of texts that have them.

Each word counts once a text. Where most texts are not stored, the terms that were kept of them are counted instead
(`contracts.text_terms.hide_terms`). A reference names its most frequent words; all others are counted in buckets by a
hash, so that a word's own count is at most that of its bucket.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.text_terms import find_terms, hide_terms
from monitors.drift.statistics.mix_tests import chi_squared
from monitors.drift.statistics.seasons import kind_of_hour
from monitors.drift.statistics.significance import Dispersion
from monitors.reporting.fisher import fisher_exact

Written = str | frozenset[str]
"""A text that is stored, or the terms that were kept of one that is not."""
BUCKETS = 4096
MOST_WORDS = 2000
FEWEST_TEXTS = 5
"""A word of fewer texts is kept in no reference: it could tell who wrote it."""
FEWEST_OF_KIND = 200
"""Fewer texts of a kind of hour are too few to stand for it; all texts do."""
OF_ALL = 100
"""How many texts of all hours are added to those of a kind, so that no word of other hours is taken for new."""
FEWEST_COUNTED = 4
"""A word of fewer texts, before and now together, is not tested."""
CLEARLY_USUAL = 6.0
"""Below this value of chi-squared (p 0.014) no word is a find, so its p-value need not be exact."""


def list_terms(written: Written, *, hidden: bool) -> Collection[str] | None:
    """Return the terms of a text; those of a hidden one if `hidden`, else None of a text that is not stored."""
    if isinstance(written, str):
        return hide_terms(written) if hidden else find_terms(written)
    return written if hidden else None


def find_bucket(word: str) -> int:
    """Return the bucket of a word that a reference does not name."""
    return zlib.crc32(word.encode("utf-8", "replace")) % BUCKETS


@dataclass(frozen=True)
class Term:
    """One term that was tested: in how large a share of the texts it is, before and now."""

    name: str
    p_value: float
    before: float
    now: float
    texts: int
    """In how many texts it is now."""


@dataclass(frozen=True)
class TextCounts:
    """The texts of a reference: how many there are of each kind of hour, and how many of these have each word.

    `rest` counts the texts of all hours that have any word of a bucket, for words that are not named. `excess` says for
    each word how much its share moves from hour to hour by itself.
    """

    words: tuple[str, ...]
    texts: Mapping[int, int]
    counts: Mapping[int, tuple[int, ...]]
    rest: tuple[int, ...]
    excess: tuple[float, ...]
    degrees: float
    hidden: bool = False
    """Whether these are the terms of hidden texts."""

    @property
    def total(self) -> int:
        """Texts of all hours."""
        return sum(self.texts.values())

    def to_json(self) -> dict[str, Any]:
        """Return lists only, so that no word becomes a field of the index."""
        kinds = [[kind, self.texts[kind], list(self.counts[kind])] for kind in sorted(self.texts)]
        whole = {"words": list(self.words), "kinds": kinds, "rest": list(self.rest)}
        excess = [float(f"{each:.3g}") for each in self.excess]
        return {**whole, "excess": excess, "degrees": self.degrees, "hidden": self.hidden}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> TextCounts:
        """Make what `to_json` gave."""
        texts = {kind: number for kind, number, _ in stored["kinds"]}
        counts = {kind: tuple(row) for kind, _, row in stored["kinds"]}
        rest, excess = tuple(stored["rest"]), tuple(stored["excess"])
        hidden = stored.get("hidden", False)
        return cls(tuple(stored["words"]), texts, counts, rest, excess, stored["degrees"], hidden)

    def mix_hours(self, hours: Mapping[int, float]) -> tuple[float, list[float]]:
        """Return how many texts the reference is worth for these hours, and how many of them have each word.

        `hours` is how many predictions of a window fall in each kind of hour. A kind of which the reference has few
        texts is stood for by all.
        """
        everything = [sum(column) for column in zip(*self.counts.values(), strict=True)]
        shares, uncertainty, whole = [0.0] * len(self.words), 0.0, sum(hours.values())
        for kind, number in hours.items():
            size, counts = self.texts.get(kind, 0), self.counts.get(kind, ())
            if size < FEWEST_OF_KIND:
                size, counts = self.total, tuple(everything)
            weight = number / whole
            uncertainty += weight * weight / size
            shares = [
                share + weight * (count + OF_ALL * each / self.total) / (size + OF_ALL)
                for share, count, each in zip(shares, counts, everything, strict=True)
            ]
        if not uncertainty:
            return float(self.total), [float(each) for each in everything]
        return 1 / uncertainty, [share / uncertainty for share in shares]


def count_texts(hours: Mapping[datetime, Sequence[Written]]) -> TextCounts:
    """Count the texts of a reference, given by the hour in which each was sent."""
    stored = [isinstance(text, str) for texts in hours.values() for text in texts]
    hidden = sum(stored) < len(stored) / 2
    counted = {hour: _count_terms(texts, hidden=hidden) for hour, texts in hours.items()}
    total: Counter[str] = Counter()
    for _, counts in counted.values():
        total.update(counts)
    words = tuple(word for word, number in total.most_common(MOST_WORDS) if number >= FEWEST_TEXTS)
    named = set(words)
    rest = [0] * BUCKETS
    for word, number in total.items():
        if word not in named:
            rest[find_bucket(word)] += number
    rows = {hour: (size, [counts[word] for word in words]) for hour, (size, counts) in counted.items()}
    texts: Counter[int] = Counter()
    by_kind: dict[int, list[int]] = {}
    for hour, (size, row) in rows.items():
        kind = kind_of_hour(hour)
        texts[kind] += size
        by_kind[kind] = [a + b for a, b in zip(by_kind.get(kind, [0] * len(words)), row, strict=True)]
    days = len({hour.date() for hour in hours})
    excess = _measure_excess(rows, texts, by_kind, len(words))
    kinds = {kind: tuple(row) for kind, row in by_kind.items()}
    return TextCounts(words, dict(texts), kinds, tuple(rest), tuple(excess), max(1.0, days - 1.0), hidden)


def _count_terms(texts: Sequence[Written], *, hidden: bool) -> tuple[int, Counter[str]]:
    """Return how many of the texts can be counted, and how many of these have each term."""
    rows = [terms for text in texts if (terms := list_terms(text, hidden=hidden)) is not None]
    return len(rows), Counter(term for terms in rows for term in terms)


def _measure_excess(
    rows: Mapping[datetime, tuple[int, list[int]]],
    texts: Mapping[int, int],
    by_kind: Mapping[int, list[int]],
    words: int,
) -> list[float]:
    """Return for each word how much its share varies beyond chance: each hour against the others of its kind."""
    above, weight = [0.0] * words, [0.0] * words
    for hour, (m, row) in rows.items():
        kind = kind_of_hour(hour)
        n = texts[kind] - m
        if not n or not m:
            continue
        effective = n * m / (n + m)
        for at, (together, count) in enumerate(zip(by_kind[kind], row, strict=True)):
            share = together / (n + m)
            if 0 < share < 1:
                difference = (together - count) / n - count / m
                above[at] += effective * difference * difference / (share * (1 - share)) - 1
                weight[at] += effective
    return [max(0.0, a / w) if w else 0.0 for a, w in zip(above, weight, strict=True)]


def compare_terms(
    reference: TextCounts, texts: Sequence[Written], hours: Mapping[int, float]
) -> tuple[int, list[Term]]:
    """Test every term of a window's texts against the reference's texts of such hours, by exact tests.

    Return how many of the texts could be counted as those of the reference were, and the terms.

    A word that the reference does not name counts there as often as its whole bucket, which is never too seldom.
    """
    m, counts = _count_terms(texts, hidden=reference.hidden)
    if not (m and reference.total):
        return m, []
    n, usual = reference.mix_hours(hours)
    found = []
    for word, before, excess in zip(reference.words, usual, reference.excess, strict=True):
        now = counts.pop(word, 0)
        if before + now >= FEWEST_COUNTED:
            p_value = _test_share(before, n, now, m, Dispersion(excess, reference.degrees))
            found.append(Term(word, p_value, before / n, now / m, now))
    for word, now in counts.items():
        before = reference.rest[find_bucket(word)]
        if before + now >= FEWEST_COUNTED and now / m > before / reference.total:
            p_value = _test_share(before, reference.total, now, m, Dispersion())
            found.append(Term(word, p_value, before / reference.total, now / m, now))
    return m, found


def _test_share(before: float, n: float, now: int, m: int, dispersion: Dispersion) -> float:
    statistic = chi_squared((before, n - before), (now, m - now))
    value = statistic.value / (1 + dispersion.excess * statistic.effective)
    if value < CLEARLY_USUAL:
        return max(statistic.p_value(dispersion), 0.01)
    exact = fisher_exact((round(before), round(n - before)), (now, m - now))
    return chi_squared((before, n - before), (now, m - now), exact=exact).p_value(dispersion)
