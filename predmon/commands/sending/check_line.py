"""`predmon check-line`: say beforehand what the shipper would make of a log line."""

import json
from typing import Any, TextIO

import click

from lambda_shipper.checking import CheckedDocument, check
from predmon.wording import count_of

WIDTH = 80
INDENT = 10
MOST_NAMES = 8


@click.command("check-line")
@click.argument("file", type=click.File(encoding="utf-8", errors="replace"))
def check_line(file: TextIO) -> None:
    """Say for each line of FILE (- is standard input) what the shipper would make of it.

    A line is one log event. Nothing is sent anywhere.
    """
    lines = [line for line in file.read().split("\n") if line.strip()]
    totals = {"indexed": 0, "kept raw": 0, "ignored": 0}
    for number, line in enumerate(lines, 1):
        documents = check(line)
        if not documents:
            totals["ignored"] += 1
            _print(number, "ignored", why_ignored(line))
        for document in documents:
            outcome = "kept raw" if document.is_raw else "indexed"
            totals[outcome] += 1
            _print(number, outcome, *describe(document))
    click.echo(f"\n{count_of(len(lines), 'line')}: " + ", ".join(f"{count} {name}" for name, count in totals.items()))


def why_ignored(line: str) -> str:
    """Return why a line is no prediction; the filter of the log group knows lower case only."""
    if "prediction" not in line and "prediction" in line.lower():
        return 'the filter is case-sensitive: it delivers "prediction" and nothing else'
    return 'no object with the key "prediction"'


def describe(checked: CheckedDocument) -> list[str]:
    """Return what is worth knowing of a document, each in a sentence or less."""
    document, is_raw = checked
    shipper = document["shipper"]
    if is_raw:
        why = shipper["kept_raw"]
        return [f"{why['reason']}: {why['detail']}", *filter(None, [why.get("advice")])]
    said = ["a failed prediction" if shipper.get("failed") else _prediction(document.get("prediction") or {})]
    if names := shipper.get("left_out"):
        more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
        shown = ", ".join(json.dumps(name) for name in names[:MOST_NAMES])
        said.append(f"left out: {shown}{more} ({', '.join(shipper['left_out_reasons'])})")
    return said


def _prediction(fields: dict[str, Any]) -> str:
    named = {name: fields[name] for name in ("label", "score", "value", "labels") if fields.get(name) is not None}
    said = ", ".join(f"{name} {json.dumps(value, ensure_ascii=False)}" for name, value in named.items())
    if named.keys() & {"label", "value", "labels"}:
        return said
    return f"{said or 'nothing'}, but no label, value or labels: no panel and no drift signal counts it"


def _print(number: int, outcome: str, *sentences: str) -> None:
    """Print what became of a line, wrapped below its outcome."""
    for position, sentence in enumerate(sentences):
        head = f"{number:>6}  {outcome:<{INDENT}}" if not position else " " * (8 + INDENT)
        click.echo(head + click.wrap_text(sentence, WIDTH - 8 - INDENT).replace("\n", "\n" + " " * (8 + INDENT)))
