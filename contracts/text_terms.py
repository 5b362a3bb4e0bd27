"""What a text is made of, for the drift of texts: its words, and what may be kept of a text that is not stored.

The shipper and the example function derive the second before they hide a text; the drift function reads both. The
module imports only the standard library, and each function's bundle carries a copy of it.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from typing import Any

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
LONGEST_WORD = 40
MOST_CHARACTERS = 4000
"""How much of a text is read."""
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Scripts that put no space between words: pairs of letters stand for words there."""
UPPER_CASE, LOWER_CASE, DIGITS, LINK, NO_WORDS = "(upper case)", "(lower case)", "(digits)", "(links)", "(no words)"
FEW_WORDS = "(few words)"
HAS_LINK = re.compile(r"https?://|www\.")
HIDDEN_BINS = 256
"""Bins of the one word that is kept of a hidden text. A bin is shared by hundreds of words of any language."""
FEWEST_WORDS = 5
"""A text of fewer different words has no bin: with its length, that could tell a name from others."""
HIDDEN = re.compile(
    r"\((?:upper case|lower case|digits|links|no words|few words|word bin \d{1,3}|script [A-Z]{2,20})\)"
)
MOST_HIDDEN = 6
"""The most terms of a hidden text: a case, digits, links, a script, a bin, and one to spare."""
LARGEST_LENGTH = 2**31 - 1


def find_terms(text: str) -> set[str]:
    """Return the words of a text, in lower case, and what kind of text it is, in brackets."""
    text = text[:MOST_CHARACTERS]
    return (_find_words(text) or {NO_WORDS}) | _find_kinds(text)


def hide_terms(text: str) -> list[str]:
    """Return what is kept of a text that is not stored: what kind of text it is, its script, and one of 256 bins.

    The bin is that of one of its words, chosen by a hash of the whole text. So at most a few bits are known of a text,
    and they are the same for hundreds of words and for countless texts.
    """
    text = text[:MOST_CHARACTERS]
    words = sorted(_find_words(text))
    if not words:
        return [NO_WORDS]
    word = words[_hash(text) % len(words)]
    place = f"(word bin {_hash(word) % HIDDEN_BINS})" if len(words) >= FEWEST_WORDS else FEW_WORDS
    script = unicodedata.name(next(filter(str.isalpha, text), "A"), "").partition(" ")[0]
    named = {f"(script {script})"} if script.isalpha() and script != "LATIN" else set()
    return sorted({*_find_kinds(text), *named, place})


def measure(text: str) -> dict[str, int]:
    """Return the length of a text, as the documents have it."""
    return {"text_characters": len(text), "text_words": len(text.split())}


def make_shape(text: str) -> dict[str, Any]:
    """Return the value of `text_shape`, which a function logs in place of a text that it must not log."""
    return {"characters": len(text), "words": len(text.split()), "terms": hide_terms(text)}


def read_shape(shape: Any) -> dict[str, Any]:
    """Return what the documents have of a logged `text_shape`; nothing where it is not what `make_shape` gives."""
    if not isinstance(shape, dict):
        return {}
    lengths = [shape.get("characters"), shape.get("words")]
    terms = shape.get("terms", [])
    if not all(type(each) is int and 0 <= each <= LARGEST_LENGTH for each in lengths):
        return {}
    if not isinstance(terms, list) or len(terms) > MOST_HIDDEN:
        return {}
    if not all(isinstance(each, str) and HIDDEN.fullmatch(each) for each in terms):
        return {}
    return {"text_characters": lengths[0], "text_words": lengths[1], "text_terms": terms}


def _find_words(text: str) -> set[str]:
    found: set[str] = set()
    for word in WORD.findall(text.lower()):
        if UNSPACED.search(word):
            found.update(word[at : at + 2] for at in range(max(len(word) - 1, 1)))
        else:
            found.add(word[:LONGEST_WORD])
    return found


def _find_kinds(text: str) -> set[str]:
    found = {UPPER_CASE} if text.isupper() else {LOWER_CASE} if text.islower() else set()
    if any(character.isdigit() for character in text):
        found.add(DIGITS)
    if HAS_LINK.search(text):
        found.add(LINK)
    return found


def _hash(text: str) -> int:
    return zlib.crc32(text.encode("utf-8", "replace"))
