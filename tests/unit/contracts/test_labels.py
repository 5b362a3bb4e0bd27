"""One class is one text, however a language prints it."""

from typing import Any

import pytest

from contracts.labels import is_missing, label_of


@pytest.mark.parametrize(
    ("logged", "label"),
    [
        (True, "true"),
        ("True", "true"),
        ("TRUE", "true"),
        ("False", "false"),
        ("1.0", "1"),
        (1.0, "1"),
        ("tRue", "tRue"),
        ("1٣.0", "1٣.0"),
        ("1_000", "1_000"),
    ],
)
def test_printed_boolean_is_the_class_that_json_writes(logged: Any, label: str) -> None:
    assert label_of(logged) == label


@pytest.mark.parametrize("logged", [None, "NaN", "<NA>", "NaT"])
def test_printed_missing_value_is_no_label(logged: Any) -> None:
    assert is_missing(logged)


@pytest.mark.parametrize("logged", ["nan", "None", "", "null", 0, False])
def test_what_may_name_a_class_is_not_missing(logged: Any) -> None:
    assert not is_missing(logged)
