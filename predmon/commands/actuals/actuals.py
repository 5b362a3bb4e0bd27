"""`predmon actuals`: store what predictions should have been, from a file, joined to them."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from monitors.quality.choosing import Which
from monitors.quality.correctness import Reason
from monitors.quality.joining import Join
from monitors.quality.predictions import find
from predmon.commands.actuals.agreeing import Disagreement, agree
from predmon.commands.actuals.columns import CHOOSABLE, NAMES, TIME, find_columns
from predmon.commands.actuals.fast_json import speed_up
from predmon.commands.actuals.ids import explain_exponents
from predmon.commands.actuals.known_labels import find_labels
from predmon.commands.actuals.preview import print_columns, print_first_rows, print_matches
from predmon.commands.actuals.reading import Notation, Reading, survey
from predmon.commands.actuals.report import MOST_LINES, out, print_found, print_labels, print_refused, print_result
from predmon.commands.actuals.staging import Staging
from predmon.commands.actuals.storing import Result, Sending, store
from predmon.commands.actuals.tables import Table, open_table
from predmon.commands.actuals.times import ORDERS
from predmon.commands.deployment.target import Target
from predmon.commands.quality.function import read_deployed_config
from predmon.errors import UserError
from predmon.progress import bar, print_step
from predmon.terminal import escape
from predmon.text_files import STANDARD_INPUT
from predmon.wording import count_of

KNOWN_NAMES = tuple(name for groups in NAMES.values() for group in groups for name in group)
WRONG = (Reason.OTHER_KIND, Reason.AMBIGUOUS, Reason.SEVERAL)
"""Reasons for which a person has to change the file."""


class Zone(click.ParamType[tzinfo]):
    """A time zone, such as Europe/Berlin."""

    name = "zone"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tzinfo:
        """Return the zone."""
        if isinstance(value, tzinfo):
            return value
        try:
            return UTC if value.upper() == "UTC" else ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            self.fail(f"{value!r} is no time zone, such as Europe/Berlin or UTC.", param, ctx)


class Column(click.ParamType[tuple[str, str]]):
    """What a column is: `time=created_at`."""

    name = "meaning=column"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Return the meaning and the column."""
        if isinstance(value, tuple):
            return value
        meaning, equals, column = value.partition("=")
        if not equals or meaning not in CHOOSABLE:
            self.fail(f"{value!r} is not like time=created_at. There are: {', '.join(CHOOSABLE)}.", param, ctx)
        return meaning, column.strip()


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--yes", is_flag=True, help="Store without asking, as a script must.")
@click.option("--check", is_flag=True, help="Show how the file is read and what it matches, and store nothing.")
@click.option(
    "--column", "columns", type=Column(), multiple=True, help="Which column is what, such as time=created_at."
)
@click.option("--date-order", type=click.Choice(ORDERS), help="The order of day, month and year in the dates.")
@click.option("--time-zone", type=Zone(), default="UTC", help="The zone of times that name none; UTC by default.")
@click.option("--decimal", type=click.Choice([".", ","]), help="What stands before the decimals of the values.")
@click.option("--sheet", help="Which sheet of a workbook.")
@click.option("--ignore-case", is_flag=True, help="Take TRUE or Yes for the label `true` or `yes` that there is.")
@click.option("--new-labels", is_flag=True, help="Also take labels that no prediction has ever had.")
@click.option(
    "--annotators",
    type=click.Choice([each.value for each in Disagreement]),
    default=Disagreement.REFUSE.value,
    help="What counts where annotators disagree; refused by default.",
)
@click.option(
    "--several",
    type=click.Choice([each.value for each in Which]),
    default=Which.NEWEST.value,
    help="Which prediction is meant where an id names several; the newest before the truth by default.",
)
def actuals(
    file: Path,
    yes: bool,
    check: bool,
    columns: tuple[tuple[str, str], ...],
    date_order: str | None,
    time_zone: tzinfo,
    decimal: str | None,
    sheet: str | None,
    ignore_case: bool,
    new_labels: bool,
    annotators: str,
    several: str,
) -> None:
    """Store the actuals in FILE, joined to their predictions.

    FILE is a table with a header, a sheet of Excel (.xlsx), JSON lines or a JSON list: `prediction_id`, and `label`,
    `labels` (a|b) or `value`. Further columns: `time` (else it is now) and `log_group` (where ids are unique only
    within one). `-` is standard input. It shows first how the file is read and what it matches, and asks. A row that
    cannot be an actual is refused, and all others are stored. To send a file again changes nothing.
    """
    target = Target.resolve()
    search, config, now = speed_up(target.search()), read_deployed_config(target), datetime.now(UTC)
    with open_table(file, KNOWN_NAMES, sheet) as table, staged() as staging:
        print_step(f"Reading {table.name}")
        notation = Notation(date_order, time_zone, decimal)
        reading = survey(table, find_columns(file, table.columns, dict(columns)), notation, now)
        run = Join.begin(search, config, now, Which(several))
        _settle_ids(run, reading)
        staging.fill(reading.read())
        found = agree(staging, Disagreement(annotators), table.unit)
        known = None if new_labels else find_labels(search, staging.labels(), ignore_case=ignore_case)
        sending = Sending(run, table.name, bool(reading.columns.get(TIME)), known, staging.has_fractions)
        out.print(f"{escape(table.name)}: {count_of(reading.rows, 'row')}", soft_wrap=True)
        print_columns(reading)
        print_first_rows(staging, table.unit)
        result = print_matches(sending, staging)
        print_found(found)
        if not check and staging.count():
            _confirm(file, staging, yes)
            result = _store(sending, staging)
        _conclude(table, sending, staging, result, check)


def _settle_ids(run: Join, reading: Reading) -> None:
    """Decide whether ids lose their `.0`. Raises UserError where a spreadsheet shortened ids."""
    ids = reading.ids
    exponents = [each for each in ids.exponents if each not in find(run.search, ids.exponents)]
    if exponents:
        raise UserError(f"{reading.table.name}: {explain_exponents(exponents)} Nothing is stored.")
    ids.is_cut = ids.may_be_cut and not find(run.search, ids.sample)


def _confirm(file: Path, staging: Staging, yes: bool) -> None:
    """Ask whether to store. Raises UserError if nobody says yes."""
    if yes:
        return
    rows = count_of(staging.count(), "row")
    if file == STANDARD_INPUT:
        raise UserError(
            f"Nothing is stored. Standard input holds the rows, so it cannot ask. To store {rows}, add --yes."
        )
    try:
        is_wanted = click.confirm(f"Store {rows}?")
    except click.Abort:
        click.echo()
        is_wanted = False
    if not is_wanted:
        raise UserError(f"Nothing is stored. To store {rows} without being asked, add --yes.")


def _store(sending: Sending, staging: Staging) -> Result:
    result, total = Result(), staging.count()
    try:
        with bar("Storing and joining", total) as advance:
            store(sending, staging, advance, result)
    except KeyboardInterrupt:
        done = result.stored.total()
        raise KeyboardInterrupt(f"{done:,} of {total:,} rows are stored. Send the file again for the rest.") from None
    return result


def _conclude(table: Table, sending: Sending, staging: Staging, result: Result, check: bool) -> None:
    """Print what became of the rows. Raises UserError if some are refused."""
    refused, number = staging.refused(MOST_LINES), staging.count_refused()
    if not check and result.stored:
        print_result(result)
    print_refused(refused, number, table.unit)
    print_labels(sending.known, result.strange, refused)
    wrong = sum(result.states[f"refused: {reason}"] for reason in WRONG)
    if check:
        out.print("Nothing is stored, because of --check.")
    if number:
        others = "The others are stored." if result.stored and not check else "Nothing is stored."
        raise UserError(f"{count_of(number, 'row')} of {table.name} refused. {others}")
    if wrong and not check:
        raise UserError(f"{count_of(wrong, 'row')} of {table.name} cannot be used, see above.")


@contextmanager
def staged() -> Iterator[Staging]:
    """Yield a place for the rows of a file, which is removed in the end."""
    with tempfile.TemporaryDirectory() as folder:
        staging = Staging(Path(folder))
        yield staging
        staging.close()
