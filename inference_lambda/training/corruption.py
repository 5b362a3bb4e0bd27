"""Make broken copies of grammatical sentences, from WordNet's usage examples.

CoLA is small, and a sentence-embedding model has learnt to ignore word order and endings. It learns both again when it
has to tell a sentence from its broken copy. After that, `train` continues with CoLA.
"""

import random
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from inference_lambda.training.cola import Example

PARTS = ("noun", "verb", "adj", "adv")
MIN_WORDS = 5
CLASSES = tuple(
    line.split()
    for line in (
        "the a an this that these those some any every each no",
        "of in on at to for with by from into about over under through between",
        "is are was were be been being has have had do does did will would can could may might must should",
        "i me my he him his she her they them their we us our it its himself herself themselves",
        "who whom whose which what where when why how that whether if",
        "and or but because although than as so",
    )
)
ENDINGS = ("", "s", "ed", "ing", "er", "ly")


class Vocabulary(NamedTuple):
    """The words of all sentences: a list to choose from, and a set to look up."""

    words: list[str]
    known: frozenset[str]


def read_usage_examples(folder: Path) -> list[str]:
    """Return the quoted examples of five or more words in the glosses of WordNet's `data.*` files."""
    found = []
    for part in PARTS:
        for line in (folder / f"data.{part}").read_text(encoding="latin-1").splitlines():
            found += re.findall(r'"([^"]+)"', line.partition(" | ")[2])
    return [text.strip().rstrip(" .;,") for text in found if len(text.split()) >= MIN_WORDS]


def corrupted(sentences: Sequence[str], seed: int) -> list[Example]:
    """Return each sentence as acceptable, and a broken copy of it as not acceptable."""
    chance = random.Random(seed)
    known = frozenset(word for text in sentences for word in text.split())
    vocabulary = Vocabulary(sorted(known), known)
    examples = []
    for text in sentences:
        end = "" if text[-1] in "?!" else "."
        words = text.split()
        broken = words
        while broken == words:
            broken = chance.choice(CORRUPTIONS)(list(words), chance, vocabulary)
        examples += [Example(" ".join(words) + end, 1), Example(" ".join(broken) + end, 0)]
    return examples


def _swap(words: list[str], chance: random.Random, _vocabulary: Vocabulary) -> list[str]:
    at = chance.randrange(len(words) - 1)
    words[at], words[at + 1] = words[at + 1], words[at]
    return words


def _move(words: list[str], chance: random.Random, _vocabulary: Vocabulary) -> list[str]:
    word = words.pop(chance.randrange(len(words)))
    words.insert(chance.randrange(len(words) + 1), word)
    return words


def _drop(words: list[str], chance: random.Random, _vocabulary: Vocabulary) -> list[str]:
    # Dropping an adjective breaks nothing; dropping a function word mostly does.
    functional = [at for at, word in enumerate(words) if _class_of(word)]
    words.pop(chance.choice(functional or range(len(words))))
    return words


def _insert(words: list[str], chance: random.Random, _vocabulary: Vocabulary) -> list[str]:
    words.insert(chance.randrange(1, len(words)), chance.choice(chance.choice(CLASSES)))
    return words


def _exchange_function_word(words: list[str], chance: random.Random, _vocabulary: Vocabulary) -> list[str]:
    functional = [at for at, word in enumerate(words) if _class_of(word)]
    if functional:
        at = chance.choice(functional)
        words[at] = chance.choice(_class_of(words[at]))
    return words


def _exchange_word(words: list[str], chance: random.Random, vocabulary: Vocabulary) -> list[str]:
    words[chance.randrange(len(words))] = chance.choice(vocabulary.words)
    return words


def _exchange_ending(words: list[str], chance: random.Random, vocabulary: Vocabulary) -> list[str]:
    at = chance.choice([at for at, word in enumerate(words) if not _class_of(word)] or [0])
    stem = re.sub(r"(s|ed|ing|er|ly)$", "", words[at])
    forms = [stem + ending for ending in ENDINGS if stem + ending in vocabulary.known]
    if forms:
        words[at] = chance.choice(forms)
    return words


def _class_of(word: str) -> list[str]:
    return next((each for each in CLASSES if word.lower() in each), [])


CORRUPTIONS = (
    _swap,
    _move,
    _drop,
    _insert,
    _exchange_function_word,
    _exchange_function_word,
    _exchange_word,
    _exchange_ending,
    _exchange_ending,
)
