"""Read sentences from a file: a line of a text, a row of a table or an object of JSON lines holds one."""

import json
import shlex
from pathlib import Path
from typing import Any

import click

from predmon.errors import UserError
from predmon.paths import quoted
from predmon.text_files import STANDARD_INPUT, read_rows, read_text, split_lines

COLUMNS = ("sentence", "text")
TABLES = (".csv", ".tsv", ".tab", ".psv")
JSON_LINES = (".jsonl", ".ndjson")
MARKUP = (".htm", ".html", ".ipynb", ".json", ".rtf", ".svg", ".xml", ".yaml", ".yml")
"""Texts whose lines are not sentences."""

column_option = click.option("--column", help="Which column of a table, or key of JSON lines, holds the sentences.")


def require_sentences(path: Path, column: str | None) -> list[str]:
    """Return the sentences as `read_sentences` does. Raises UserError if there are none."""
    if sentences := read_sentences(path, column):
        return sentences
    raise UserError(f"{quoted(path)} holds no sentences. Write one in each line, or a CSV with a column `sentence`.")


def read_sentences(path: Path, column: str | None = None) -> list[str]:
    """Return the sentences of `path`, or of standard input for `-`, in order and without the blank ones.

    In a table (`.csv`, `.tsv`, or any text with a `column`), the header names the column: `column`, else `sentence` or
    `text`, in any case. If there is only one column and no such header, every row is a sentence. In JSON lines, an
    object's key is named likewise, and a JSON string is a sentence. Any other file is text with one sentence in each
    line. Standard input may be any of these.

    Raises UserError if the file cannot be read as what it is. `predmon.commands.text_files` says which encodings and
    separators can be read.
    """
    suffix = path.suffix.lower()
    if suffix in MARKUP:
        raise UserError(
            f"{quoted(path)}: {suffix} files are not read. Give a text, CSV or JSON lines file (.txt, .csv, .jsonl)."
        )
    text = read_text(path)
    names = (column.lower(),) if column else COLUMNS
    is_piped = path == STANDARD_INPUT
    if suffix in JSON_LINES or (is_piped and _holds_objects(text)):
        return _read_json_lines(path, text, column, names)
    if suffix in TABLES or column or (is_piped and _has_header(path, text, names)):
        return _read_table(path, text, column, names)
    return split_lines(text)


def read_truths(path: Path, column: str | None, truth: str) -> dict[str, str]:
    """Return the label that is right for each sentence of a table, from its column `truth`, where it has one.

    Raises UserError if it is no table, or has no such column.
    """
    names = (column.lower(),) if column else COLUMNS
    if path == STANDARD_INPUT or path.suffix.lower() not in TABLES:
        raise UserError(f"{quoted(path)}: --truth names a column, so FILE must be a table ({', '.join(TABLES)}).")
    rows = read_rows(path, read_text(path), names)
    header = [name.strip() for name in rows[0]]
    sentence, label = _find_column(header, names), _find_column(header, (truth.lower(),))
    if sentence is None or label is None:
        missing = _list(column) if sentence is None else f"`{truth}`"
        raise UserError(f"{quoted(path)} has no column {missing}. Its columns are: {', '.join(header)}.")
    last = max(sentence, label)
    return {row[sentence]: row[label].strip() for row in rows[1:] if len(row) > last and row[label].strip()}


def _holds_objects(text: str) -> bool:
    first = next(iter(split_lines(text)), "")
    try:
        return isinstance(json.loads(first), dict)
    except ValueError:
        return False


def _has_header(path: Path, text: str, names: tuple[str, ...]) -> bool:
    first = next(iter(split_lines(text)), "")
    try:
        rows = read_rows(path, first, names)
    except UserError:
        return False
    return bool(rows) and _find_column([name.strip() for name in rows[0]], names) is not None


def _read_table(path: Path, text: str, column: str | None, names: tuple[str, ...]) -> list[str]:
    rows = read_rows(path, text, names)
    if not rows:
        return []
    header = [name.strip() for name in rows[0]]
    index = _find_column(header, names)
    if index is None and (column or len(header) > 1):
        raise UserError(
            f"{quoted(path)} has no column {_list(column)}. Its columns are: {', '.join(header)}. "
            f"Name one: --column {shlex.quote(header[-1])}"
        )
    data = rows if index is None else rows[1:]
    return [row[index or 0] for row in data if len(row) > (index or 0) and row[index or 0].strip()]


def _read_json_lines(path: Path, text: str, column: str | None, names: tuple[str, ...]) -> list[str]:
    sentences = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            value: Any = json.loads(line)
        except ValueError as error:
            raise UserError(
                f"{quoted(path)}, line {number}: not JSON ({error}). Write one object in each line."
            ) from error
        if isinstance(value, dict):
            keys = list(value)
            index = _find_column(keys, names)
            if index is None:
                raise UserError(
                    f"{quoted(path)}, line {number}: no key {_list(column)}. "
                    f"The keys are: {', '.join(keys) or 'none'}. Name one: --column NAME"
                )
            value = value[keys[index]]
        if not isinstance(value, str):
            raise UserError(f"{quoted(path)}, line {number}: the sentence is not a text but {json.dumps(value)[:40]}.")
        sentences.append(value)
    return [sentence for sentence in sentences if sentence.strip()]


def _list(column: str | None) -> str:
    return " or ".join(f"`{name}`" for name in ([column] if column else COLUMNS))


def _find_column(header: list[str], names: tuple[str, ...]) -> int | None:
    lowered = [name.lower() for name in header]
    return next((lowered.index(name) for name in names if name in lowered), None)
