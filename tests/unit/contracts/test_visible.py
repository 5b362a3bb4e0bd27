"""Control characters of somebody's text, as text."""

import json
import unicodedata

import pytest

from contracts.visible import visible, visible_in

KEPT_IN_LINES = "\t\n"


def test_every_control_character_is_shown() -> None:
    for number in range(0x110000):
        character = chr(number)
        is_control = unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
        turns = unicodedata.bidirectional(character) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
        if is_control or turns:
            assert visible(character) == f"\\u{number:04x}"
            assert visible(character, lines=True) == (character if character in KEPT_IN_LINES else f"\\u{number:04x}")


@pytest.mark.parametrize("text", ["plain", "Zoë 🌱", "العربية", "नमस्ते", "👩\u200d💻", "a\\u001b"])
def test_a_text_without_any_stays_as_it_is(text: str) -> None:
    assert visible(text) == text


def test_json_whose_controls_are_shown_reads_back() -> None:
    value = {"label\x9b": ["\x1b]0;title\x07", "\u202eabc"]}

    assert json.loads(visible(json.dumps(value, ensure_ascii=False, indent=2), lines=True)) == value


def test_all_texts_of_a_document_are_shown() -> None:
    assert visible_in({"a\x1b": ["b\n", 1, None, {"c": "\x07"}]}) == {
        r"a\u001b": [r"b\u000a", 1, None, {"c": r"\u0007"}]
    }
