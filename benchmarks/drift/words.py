"""Texts whose mix moves with day and night: false alarms of words and novelty, and what they find.

    python -m benchmarks.drift.words HOME --an-hour 500 --other support.txt german.txt news.txt

HOME is a folder of files with one text on each line, named `topic--kind.txt`; the mix of topics swings by e^±0.8 over
the day and moves from day to day. Each file after `--other` is mixed in, in several shares. The reference has 14 days,
200 texts of each hour, as the product reads them. Novelty is fitted on 6,000 texts of HOME.
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from inference_lambda.config import PACKAGE
from inference_lambda.novelty import Novelty
from inference_lambda.training.novelty import write
from monitors.drift.judgement.dispersion import measure_season
from monitors.drift.judgement.judging import Look, judge_looks
from monitors.drift.judgement.signals import FAILED, NOVELTY
from monitors.drift.judgement.texts import confirm_novelty, judge_texts
from monitors.drift.judgement.verdict import Finding, Rule
from monitors.drift.statistics.distribution import QUANTILES, Distribution, bin_edges, count_numbers, with_counts
from monitors.drift.statistics.seasons import kind_of_hour
from monitors.drift.statistics.words import count_texts
from monitors.drift.windows.sampling import HOUR_SAMPLE, WINDOW_SAMPLE

START = datetime(2026, 5, 4, tzinfo=UTC)
DAYS = 14
FITTED = 6000
BRANDS = ("acme", "zentrum", "quilox")
Alter = Callable[[list[str]], list[str]]


@dataclass
class Home:
    """The texts at home, by topic; `new` is a kind that the reference never has."""

    topics: dict[str, list[str]]
    new: list[str]

    @classmethod
    def read(cls, folder: Path, new: str) -> Home:
        """Read the folder; the file `new` is kept back."""
        topics: dict[str, list[str]] = {}
        for file in sorted(folder.glob("*.txt")):
            if file.stem != new:
                topics.setdefault(file.stem.partition("--")[0], []).extend(_read(file))
        return cls(topics, _read(folder / f"{new}.txt"))


class Traffic:
    """Texts of each hour."""

    def __init__(self, home: Home, seed: int, an_hour: int) -> None:
        self.chance = np.random.default_rng(seed)
        self.home, self.an_hour = home, an_hour
        self.names = sorted(home.topics)
        self.days = self.chance.normal(0, 0.15, (60, len(self.names)))

    def draw(self, hour: int) -> list[str]:
        """Return the texts of an hour."""
        swings = [0.8 * np.sin(2 * np.pi * (hour % 24) / 24 + 0.63 * at) for at in range(len(self.names))]
        weights = np.exp(np.array(swings) + self.days[hour // 24])
        texts = []
        for name, number in zip(
            self.names, self.chance.multinomial(self.an_hour, weights / weights.sum()), strict=True
        ):
            texts += self.pick(self.home.topics[name], number)
        return texts

    def pick(self, texts: Sequence[str], number: int) -> list[str]:
        """Return so many of the texts."""
        return [texts[at] for at in self.chance.integers(0, len(texts), number)]


class Scores:
    """The novelty of texts, each computed once."""

    def __init__(self, texts: list[str]) -> None:
        shuffled = random.Random(5).sample(texts, len(texts))
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            shutil.copy(PACKAGE / "model" / "tokenizer.json", folder)
            write(folder, shuffled[:FITTED], shuffled[FITTED:])
            self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            scorer = Novelty.load(folder, self.tokenizer.get_vocab_size())
        assert scorer is not None
        self.scorer, self.known = scorer, dict[str, float]()

    def of(self, texts: Sequence[str]) -> list[float]:
        """Return their novelty."""
        for text in texts:
            if text not in self.known:
                self.known[text] = self.scorer.of(text, self.tokenizer.encode(text).ids)
        return [self.known[text] for text in texts]


class Monitor:
    """The product's decision on words and novelty, with a reference of two weeks."""

    def __init__(self, traffic: Traffic, scores: Scores) -> None:
        self.scores = scores
        hours = {START + timedelta(hours=at): traffic.draw(at) for at in range(24 * DAYS)}
        sampled = {hour: traffic.pick(texts, min(HOUR_SAMPLE, len(texts))) for hour, texts in hours.items()}
        self.texts = count_texts(sampled)
        values = [value for texts in hours.values() for value in scores.of(texts)]
        shares = sorted((*QUANTILES, 0.98, 0.997))
        self.edges = bin_edges(np.quantile(values, shares).tolist(), max(values))
        self.frozen = self.count([])
        counted = {hour: {NOVELTY: self.count(texts).counts, FAILED: (len(texts), 0)} for hour, texts in hours.items()}
        self.season = measure_season(
            counted, {NOVELTY: self.frozen, FAILED: Distribution(("answered", "failed"), (0, 0))}
        )

    def count(self, texts: Sequence[str]) -> Distribution:
        """Return the novelty of texts, counted."""
        return count_numbers(self.scores.of(texts), self.edges)

    def judge(self, hour: int, texts: list[str], before: Sequence[str]) -> tuple[Finding, Finding]:
        """Return what is said of the words and of the novelty; `before` is what the hour before suspected."""
        kind = kind_of_hour(START + timedelta(hours=hour))
        words = judge_texts(self.texts, texts[:WINDOW_SAMPLE], {kind: len(texts)}, Rule(), lambda: before)
        usual = with_counts(self.frozen, self.season.counts[kind][NOVELTY])
        look = Look({NOVELTY: usual}, {NOVELTY: self.count(texts)}, dispersions=self.season.dispersion(1))
        return words, confirm_novelty(judge_looks([look], Rule(), described=False)[0], lambda: before)


def list_changes(traffic: Traffic, home: Home, others: dict[str, list[str]]) -> dict[str, Alter]:
    """Return what is tried, by name."""

    def mix(texts: list[str], share: float) -> Alter:
        return lambda window: [*window[round(share * len(window)) :], *traffic.pick(texts, round(share * len(window)))]

    def shuffle(window: list[str]) -> list[str]:
        number = len(window) // 5
        return [*window[number:], *(" ".join(traffic.chance.permutation(text.split())) for text in window[:number])]

    def brand(share: float) -> Alter:
        def change(window: list[str]) -> list[str]:
            number = round(share * len(window))
            named = [
                f"{text} {traffic.chance.choice(BRANDS)}" if traffic.chance.random() < 0.6 else text
                for text in window[:number]
            ]
            return [*window[number:], *named]

        return change

    changes = {
        f"{share:.0%} {name}": mix(texts, share) for name, texts in others.items() for share in (0.02, 0.05, 0.1)
    }
    changes |= {f"{share:.0%} of a new kind": mix(home.new, share) for share in (0.02, 0.05)}
    changes |= {f"{share:.0%} of a customer with names of its own": brand(share) for share in (0.02, 0.05)}
    return {**changes, "20% with shuffled words": shuffle}


def main() -> None:
    """Print what was found, as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    parser.add_argument("--new", default="travel--lost_luggage", help="the kind that the reference never has")
    parser.add_argument("--other", type=Path, nargs="*", default=[])
    parser.add_argument("--an-hour", type=int, default=500)
    parser.add_argument("--weeks", type=int, default=2)
    parser.add_argument("--trials", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    home = Home.read(arguments.home, arguments.new)
    traffic = Traffic(home, arguments.seed, arguments.an_hour)
    scores = Scores([text for texts in home.topics.values() for text in texts])
    monitor = Monitor(traffic, scores)
    first, hours, false = 24 * DAYS, 168 * arguments.weeks, [0, 0, 0]
    before: list[str] = []
    for hour in range(first, first + hours):
        found = monitor.judge(hour, traffic.draw(hour), before)
        before = [name for each in found for name in each.details.get("suspected", ())]
        said = [bool(each.verdict.severity) for each in found]
        false = [count + now for count, now in zip(false, (*said, any(said)), strict=True)]
    print(f"{arguments.an_hour} an hour, {hours} hours without drift; false hours a week of words, novelty, either:")
    print(", ".join(f"{count / arguments.weeks:.1f}" for count in false) + "\n")
    print("| in the window | words | novelty | either | either within two hours |\n| --- | --: | --: | --: | --: |")
    for name, alter in list_changes(traffic, home, {each.stem: _read(each) for each in arguments.other}).items():
        counts = [0, 0, 0, 0]
        for _ in range(arguments.trials):
            hour = first + int(traffic.chance.integers(hours - 1))
            at_once = monitor.judge(hour, alter(traffic.draw(hour)), ())
            suspected = [each for finding in at_once for each in finding.details.get("suspected", ())]
            then = monitor.judge(hour + 1, alter(traffic.draw(hour + 1)), suspected)
            said = [bool(each.verdict.severity) for each in at_once]
            later = any(each.verdict.severity for each in then)
            counts = [c + now for c, now in zip(counts, (*said, any(said), any(said) or later), strict=True)]
        print(f"| {name} | " + " | ".join(f"{count / arguments.trials:.2f}" for count in counts) + " |", flush=True)


def _read(file: Path) -> list[str]:
    return [line for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


if __name__ == "__main__":
    main()
