"""Numbers of a column: the whole column is read one way, or refused with what decides it."""

import pytest

from predmon.commands.actuals.numbers import NumberColumn
from predmon.commands.actuals.rows import BadRowError, ColumnError


def read(column: NumberColumn, *values: object) -> list[float]:
    for line, value in enumerate(values, 2):
        column.add(line, value)
    column.settle()
    return [column.read(value) for value in values]


@pytest.mark.parametrize(
    ("values", "numbers"),
    [
        (["1,234.56", "1,234", "12,345,678"], [1234.56, 1234, 12345678]),
        (["1.234,56", "1.234", "0,5"], [1234.56, 1234, 0.5]),
        (["1 234,5", "12", "1\u202f234\u00a0567,5"], [1234.5, 12, 1234567.5]),
        (["1'234.50", "2’000"], None),
        (["12,34,567", "1,234.5"], [1234567, 1234.5]),
        (["45 %", "3%", "0.5 %"], [0.45, 0.03, 0.005]),
        (["(12.5)", "3", "−4", "+5"], [-12.5, 3, -4, 5]),
        (["$1,200.50", "$3", "-$5"], [1200.5, 3, -5]),
        (["1.234,50 €", "5 €"], [1234.5, 5]),
        (["1e5", "1.5E+03", "-.5", "007"], [100000, 1500, -0.5, 7]),
        (["1.234", "5.678"], [1.234, 5.678]),
        (["0,123", "1,234"], [0.123, 1.234]),
        ([3, 4.5, "2.5"], [3, 4.5, 2.5]),
    ],
)
def test_a_column_is_read_as_its_numbers_allow(values: list[object], numbers: list[float] | None) -> None:
    if numbers is None:
        with pytest.raises(ColumnError, match="in several ways"):
            read(NumberColumn(), *values)
    else:
        assert read(NumberColumn(), *values) == numbers


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["1,234"], r"thousands or as decimals \(line 2: “1,234”\).* add --decimal \. or --decimal ,"),
        (["10,5", "10.5"], "in several ways .line 2: “10,5”, line 3: “10.5”.*Write all numbers as 1234.56"),
        (["1,234.56", "1 234"], "in several ways"),
        (["45%", "3"], "in several ways"),
        (["$3", "4 €"], "in several ways"),
    ],
)
def test_a_column_that_can_be_read_several_ways_is_refused(values: list[str], message: str) -> None:
    with pytest.raises(ColumnError, match=message):
        read(NumberColumn(), *values)


def test_thousands_with_points_are_as_likely_as_decimals_where_semicolons_separate_the_fields() -> None:
    with pytest.raises(ColumnError, match="--decimal"):
        read(NumberColumn(has_semicolons=True), "1.234")


@pytest.mark.parametrize(("decimal", "number"), [(".", 1234), (",", 1.234)])
def test_the_mark_before_the_decimals_is_what_a_person_says(decimal: str, number: float) -> None:
    assert read(NumberColumn(decimal), "1,234") == [number]


@pytest.mark.parametrize(
    "value", ["1_000", "٣", "1٣", "high", "-", "", "nan", "n/a", "1,23,4", True, None, float("inf")]
)
def test_what_is_no_number_is_refused(value: object) -> None:
    column = NumberColumn()
    column.add(2, value)
    column.settle()

    with pytest.raises(BadRowError, match="is no number"):
        column.read(value)
