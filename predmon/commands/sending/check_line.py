"""`predmon check-line`: say beforehand what the shipper would make of a log line."""

import json
from typing import Any, TextIO

import click

from contracts.visible import visible
from lambda_shipper.checking import EVENT_ID, CheckedDocument, check
from lambda_shipper.reading.parsing import parse
from lambda_shipper.reading.truths import identity_alone
from predmon.wording import count_of

WIDTH = 80
INDENT = 10
MOST_NAMES = 8
TRUTH = "truth"
HOW_TO_TELL = 'Tell the truth as {"prediction": {"id": …}, "actual": {"label": …}}, or with "value" or "labels"'


@click.command("check-line")
@click.argument("file", type=click.File(encoding="utf-8", errors="replace"))
def check_line(file: TextIO) -> None:
    """Say for each line of FILE (- is standard input) what the shipper would make of it.

    A line is one log event. Nothing is sent anywhere.
    """
    lines = [line for line in file.read().split("\n") if line.strip()]
    totals = {"indexed": 0, "kept raw": 0, "ignored": 0, TRUTH: 0}
    for number, line in enumerate(lines, 1):
        documents = check(line)
        if not documents:
            totals["ignored"] += 1
            _print(number, "ignored", why_ignored(line))
        for document in documents:
            outcome = "kept raw" if document.is_raw else TRUTH if is_truth(document.document) else "indexed"
            totals[outcome] += 1
            _print(number, outcome, *describe(document), *_advise(line, outcome))
    told = (f"{count} {name}" for name, count in totals.items() if count or name != TRUTH)
    click.echo(f"\n{count_of(len(lines), 'line')}: " + ", ".join(told))


def why_ignored(line: str) -> str:
    """Return why a line is no prediction; the filter of the log group knows lower case only."""
    if "prediction" not in line and "prediction" in line.lower():
        return 'the filter is case-sensitive: it delivers "prediction" and nothing else'
    if '"actual"' in line:
        return f'no object with the key "prediction". {HOW_TO_TELL}'
    return 'no object with the key "prediction"'


def is_truth(document: dict[str, Any]) -> bool:
    """Whether this is an actual, on its way to its prediction."""
    return "state" in document and "actual" in document


def _advise(line: str, outcome: str) -> list[str]:
    """Return how to write an actual, where a line looks as if it should be one."""
    try:
        logged = parse(line[line.index("{") :])
    except ValueError:
        return []
    if outcome != "indexed" or not isinstance(logged, dict):
        return []
    if identity_alone(logged) is not None:
        others = ", ".join(json.dumps(name) for name in logged if name != "prediction")
        return [f"If {others or 'it'} is what is right: {HOW_TO_TELL}"]
    is_bare = isinstance(logged.get("prediction"), str) and "actual" in logged
    return [f"If {json.dumps(logged['prediction'])} is the id of a prediction: {HOW_TO_TELL}"] if is_bare else []


def describe(checked: CheckedDocument) -> list[str]:
    """Return what is worth knowing of a document, each in a sentence or less."""
    document, is_raw = checked
    if is_truth(document):
        identity = document["prediction_id"]
        whose = "this prediction" if identity.partition("-")[0] == EVENT_ID else f"prediction {json.dumps(identity)}"
        return [f"{whose} should be {_named(document['actual'])}"]
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
    said = _named(fields)
    if any(fields.get(name) is not None for name in ("label", "value", "labels")):
        return said
    return f"{said or 'nothing'}, but no label, value or labels: no panel and no drift signal counts it"


def _named(fields: dict[str, Any]) -> str:
    named = {name: fields[name] for name in ("label", "score", "value", "labels") if fields.get(name) is not None}
    return ", ".join(f"{name} {json.dumps(value, ensure_ascii=False)}" for name, value in named.items())


def _print(number: int, outcome: str, *sentences: str) -> None:
    """Print what became of a line, wrapped below its outcome."""
    for position, sentence in enumerate(map(visible, sentences)):
        head = f"{number:>6}  {outcome:<{INDENT}}" if not position else " " * (8 + INDENT)
        click.echo(head + click.wrap_text(sentence, WIDTH - 8 - INDENT).replace("\n", "\n" + " " * (8 + INDENT)))
