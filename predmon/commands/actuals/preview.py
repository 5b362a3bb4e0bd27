"""What a person sees before anything is stored: what each column was taken for, the first rows, and what they match."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from opensearchpy import OpenSearch

from monitors.quality.predictions import Prediction, find
from predmon.commands.actuals.agreeing import written
from predmon.commands.actuals.columns import ACTUAL, ID, TIME, VALUE
from predmon.commands.actuals.ids import likely_originals, looks_changed
from predmon.commands.actuals.reading import Reading
from predmon.commands.actuals.report import out
from predmon.commands.actuals.rows import ActualRow
from predmon.commands.actuals.staging import Staging
from predmon.commands.actuals.storing import Result, Sending, look
from predmon.commands.actuals.times import AHEAD
from predmon.terminal import escape
from predmon.wording import count_of

FIRST_ROWS = 3
LOOKED_FOR = 1000
"""How many rows are looked for before anything is stored."""
EXPLAINED = 20
MOST_NAMES = 200
"""Letters of a list of columns."""


def print_columns(reading: Reading) -> None:
    """Print which column was taken for what, and which ones are not used."""
    for meaning, column in reading.columns.used.items():
        what = VALUE if meaning == ACTUAL and ACTUAL in reading.numbers else "label" if meaning == ACTUAL else meaning
        out.print(f"  {what:15}from the column `{escape(column)}`{escape(_notes(reading, meaning))}", soft_wrap=True)
    if reading.columns.unused:
        names = ", ".join(reading.columns.unused)
        out.print(
            f"  {'not used':15}{escape(names[:MOST_NAMES])}{'…' if len(names) > MOST_NAMES else ''}", soft_wrap=True
        )
    if TIME not in reading.columns.used:
        out.print(f"  {'time':15}none: all are of now, so they count from now on")


def _notes(reading: Reading, meaning: str) -> str:
    notes = []
    if meaning == TIME and reading.times.is_zoneless:
        notes.append(f"without a zone: {reading.times.zone} is meant (--time-zone)")
    if meaning == TIME and (reading.times.day_first or reading.times.month_first or reading.times.order):
        notes.append(f"dates are read as {reading.times.order or reading.times.found}")
    if meaning in reading.numbers and (reading.numbers[meaning].telling or reading.numbers[meaning].either):
        notes.append(f"`{reading.numbers[meaning].decimal}` stands before the decimals")
    if meaning in reading.numbers and "%" in reading.numbers[meaning].kinds:
        notes.append("45 % is 0.45")
    if meaning == ID and reading.ids.is_cut:
        notes.append("12345.0 is read as 12345, since no prediction has an id with “.0”")
    return f": {'; '.join(notes)}" if notes else ""


def print_first_rows(staging: Staging, unit: str) -> None:
    """Print the first rows as they are understood."""
    for batch in staging.batches(FIRST_ROWS):
        out.print("  first rows as understood:")
        for row in batch:
            told = written(row.actual)
            moment = datetime.fromtimestamp(row.milliseconds / 1000, UTC)
            said = f"    {unit} {row.line}: {row.prediction_id[:40]} is {told}, known at {moment:%Y-%m-%d %H:%M:%S} UTC"
            out.print(escape(said), soft_wrap=True)
        return


def print_matches(sending: Sending, staging: Staging) -> Result:
    """Look for the first rows, say what they match and why the others may not, and return what becomes of them."""
    result = Result()
    rows: list[ActualRow] = next(staging.batches(LOOKED_FOR), [])
    if not rows:
        return result
    _, refused = look(sending, rows, result)
    found = find(sending.run.search, [row.prediction_id for row in rows])
    number, matched = len(rows), sum(row.prediction_id in found for row in rows)
    which = "all of them name" if matched == number else f"{matched:,} of them name"
    out.print(f"  looked for the first {count_of(number, 'row')}: {which} a prediction")
    missing = [row.prediction_id for row in rows if row.prediction_id not in found]
    for said in explain_unknown(sending.run.search, missing[:EXPLAINED]):
        out.print(f"[yellow]  {escape(said)}[/]", soft_wrap=True)
    if not matched and sending.run.since is not None:
        out.print(f"[yellow]  Is `prediction_id` in another column? Say which: --column {ID}=NAME[/]", soft_wrap=True)
    wrong = {name: number for name, number in result.states.items() if name.startswith("refused: ")}
    if refused:
        wrong[refused[0].reason] = len(refused)
    for why, count in wrong.items():
        out.print(
            f"[yellow]  {count:,} of them will be refused: {escape(why.removeprefix('refused: '))}[/]", soft_wrap=True
        )
    if sending.has_times and (early := sum(_is_early(row, found) for row in rows)):
        out.print(
            f"[yellow]  {early:,} of them have a time before their prediction was made: is it that of the truth?[/]\n"
            "  Else say which column is, and how it is written: --column time=NAME, --time-zone, --date-order",
            soft_wrap=True,
        )
    if number := result.named["ids"]:
        out.print(f"[yellow]  {count_of(number, 'id')} of them name several predictions[/]")
    return result


def _is_early(row: ActualRow, found: Mapping[str, Sequence[Prediction]]) -> bool:
    """Return whether the truth was known before its oldest prediction was made, more than clocks differ."""
    predictions = found.get(row.prediction_id)
    if not predictions:
        return False
    made = datetime.fromisoformat(predictions[0].time)
    return datetime.fromtimestamp(row.milliseconds / 1000, UTC) < made - AHEAD


def explain_unknown(search: OpenSearch, ids: Sequence[str]) -> Iterator[str]:
    """Yield, once for each kind, what was done to ids that no prediction has."""
    guesses = {original: (said, why) for said in ids for original, why in likely_originals(said)}
    said_already = set()
    for original in find(search, list(guesses)) if guesses else ():
        said, why = guesses[original]
        if why not in said_already:
            said_already.add(why)
            yield f"“{said[:40]}” is unknown, but “{original[:40]}” is a prediction: {why}."
    for said in ids:
        why = looks_changed(said) or ""
        if why and why not in said_already:
            said_already.add(why)
            yield f"“{said[:40]}” is unknown: {why}."
