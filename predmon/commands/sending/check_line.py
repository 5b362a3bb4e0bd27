"""`predmon check-line`: say beforehand what the shipper would make of a log line."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any, TextIO

import click

from contracts.visible import visible
from lambda_shipper.checking import EVENT_ID, NOWHERE, CheckedDocument, check
from lambda_shipper.config import Config
from lambda_shipper.reading.parsing import parse
from lambda_shipper.reading.truths import identity_alone
from predmon.commands.deployment.settings import context_option, resolve_settings
from predmon.terminal import print_json
from predmon.wording import count_of
from stacks.settings.passing import passed_to

WIDTH = 80
INDENT = 10
MOST_NAMES = 8
COUNTED = ("label", "score", "value", "labels")
NUMBER_AT_END = re.compile(r"\w[ (:=]+\d?\.\d+\)?$")
LOOSE_SUM = 0.1
TRUTH = "truth"
HOW_TO_TELL = 'Tell the truth as {"prediction": {"id": …}, "actual": {"label": …}}, or with "value" or "labels"'


@click.command("check-line")
@click.argument("file", type=click.File(encoding="utf-8", errors="replace"))
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object for each outcome, and no sums.")
@context_option
def check_line(file: TextIO, as_json: bool, context: dict[str, str]) -> None:
    """Say for each line of FILE (- is standard input) what the shipper would make of it.

    A line is one log event. It says the label, score or value that panels and drift will use, or why there is none.
    Nothing is sent anywhere.
    """
    settings = resolve_settings(context)
    config = Config(opensearch_url=NOWHERE, **(passed_to(Config, settings) | {"store_text": "full"}))
    lines = [line for line in file.read().split("\n") if line.strip()]
    totals = {"indexed": 0, "kept raw": 0, "ignored": 0, TRUTH: 0}
    for number, line in enumerate(lines, 1):
        for outcome, fields, sentences in _outcomes(line, config):
            totals[outcome] += 1
            if as_json:
                print_json({"line": number, "outcome": outcome, **fields, "says": sentences}, indent=None)
            else:
                _print(number, outcome, *sentences)
    told = (f"{count} {name}" for name, count in totals.items() if count or name != TRUTH)
    if not as_json:
        click.echo(f"\n{count_of(len(lines), 'line')}: " + ", ".join(told))


def _outcomes(line: str, config: Config) -> Iterator[tuple[str, dict[str, Any], list[str]]]:
    """Yield for each document of a line its outcome, the fields that count, and what is worth knowing."""
    documents = check(line, config)
    if not documents:
        yield "ignored", {}, [why_ignored(line)]
    for checked in documents:
        outcome = "kept raw" if checked.is_raw else TRUTH if is_truth(checked.document) else "indexed"
        said = checked.document.get("actual" if outcome == TRUTH else "prediction") or {}
        fields = {name: said[name] for name in COUNTED if said.get(name) is not None}
        if checked.is_raw:
            fields = {"reason": checked.document["shipper"]["kept_raw"]["reason"]}
        yield outcome, fields, [*describe(checked), *_advise(line, outcome)]


def why_ignored(line: str) -> str:
    """Return why a line is no prediction; the filter of the log group knows lower case only."""
    if "prediction" not in line and "prediction" in line.lower():
        return 'the filter is case-sensitive: it delivers "prediction" and nothing else'
    if '"actual"' in line:
        return f'no object with the key "prediction". {HOW_TO_TELL}'
    return 'no object with the key "prediction"'


def is_truth(document: dict[str, Any]) -> bool:
    """Return whether this is an actual, on its way to its prediction."""
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
        return [f"{whose} should be {_describe_answer(document['actual'])}"]
    shipper = document["shipper"]
    if is_raw:
        why = shipper["kept_raw"]
        return [f"{why['reason']}: {why['detail']}", *filter(None, [why.get("advice")])]
    said = ["a failed prediction" if shipper.get("failed") else _prediction(document.get("prediction") or {})]
    said += _hint(document.get("prediction") or {})
    if names := shipper.get("left_out"):
        more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
        shown = ", ".join(json.dumps(name) for name in names[:MOST_NAMES])
        said.append(f"left out: {shown}{more} ({', '.join(shipper['left_out_reasons'])})")
    return said


def _prediction(fields: dict[str, Any]) -> str:
    said = _describe_answer(fields)
    if fields.get("labels") == []:
        return "labels [], an answer without a label"
    if any(fields.get(name) is not None for name in ("label", "value", "labels")):
        return said
    none = "no label, value or labels: no panel and no drift signal counts it"
    if fields.get("scores"):
        return f"{said or 'scores'} that are independent, so {none}. Log the labels that your model gives as labels"
    return f"{said or 'nothing'}, but {none}"


def _hint(fields: dict[str, Any]) -> list[str]:
    """Return what may be wrong with fields that count."""
    if isinstance(label := fields.get("label"), str) and NUMBER_AT_END.search(label):
        return ["The label ends in a number: each score makes a label of its own. Log the score under score"]
    total = math.fsum(each.get("score") or 0 for each in fields.get("scores") or [])
    if fields.get("scores") and fields.get("label") is not None and abs(total - 1) > LOOSE_SUM:
        return [f"Read as scores of classes, {total:.2f} together. If they are values, set list_means=values"]
    return []


def _describe_answer(fields: dict[str, Any]) -> str:
    named = {name: fields[name] for name in COUNTED if fields.get(name) is not None}
    return ", ".join(f"{name} {json.dumps(value, ensure_ascii=False)}" for name, value in named.items())


def _print(number: int, outcome: str, *sentences: str) -> None:
    """Print what became of a line, wrapped below its outcome."""
    for position, sentence in enumerate(map(visible, sentences)):
        head = f"{number:>6}  {outcome:<{INDENT}}" if not position else " " * (8 + INDENT)
        click.echo(head + click.wrap_text(sentence, WIDTH - 8 - INDENT).replace("\n", "\n" + " " * (8 + INDENT)))
