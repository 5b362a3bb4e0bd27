"""`predmon drift`: freeze a reference, show the newest comparison, or try a comparison on a file."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from opensearchpy import OpenSearch
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from drift_lambda.comparing import rule
from drift_lambda.config import Config
from drift_lambda.counting import LENGTH, groups
from drift_lambda.distribution import QUANTILES, Distribution, bin_edges, categories, count_numbers
from drift_lambda.reference import Reference, ReferenceRefusedError, freeze, references
from drift_lambda.searching import Group, Period, iso
from drift_lambda.verdict import LABEL, SCORE, Finding, judge, overall
from predmon.commands.moments import Moment
from predmon.commands.sentences import column_option, require_sentences
from predmon.commands.target import Target
from predmon.errors import UserError
from predmon.paths import ROOT
from predmon.progress import track
from predmon.wording import count_of

MODEL = ROOT / "inference_lambda" / "model"
COLOURS = {"drift": "bold red", "warning": "yellow", "stable": "green", "not enough data": "dim"}
out = Console(highlight=False)


@click.group()
def drift() -> None:
    """Compare predictions with a reference window."""


@drift.command()
@click.option("--from", "start", type=Moment(), required=True, help="7d, 12h, 30m, or an ISO 8601 time.")
@click.option("--to", "end", type=Moment(), required=True, help="End of the period, excluded.")
@click.option("--name", required=True, help="The name of the reference, such as 'first week of May'.")
@click.option("--log-group", help="Whose predictions. Required if several log groups are watched.")
@click.option("--model-version", help="Of which model version. Default: the newest in the period.")
def baseline(start: datetime, end: datetime, name: str, log_group: str | None, model_version: str | None) -> None:
    """Freeze a period as the reference for later comparisons.

    Earlier references stay stored, but only the newest one is used.
    """
    if start >= end:
        raise click.BadParameter(f"{iso(start)} is not before {iso(end)}", param_hint="--from")
    target = Target.resolve()
    search, period = target.search(), Period(start, end)
    found = groups(search, period)
    wanted = log_group or _only_log_group(target)
    versions = {group: newest for group, newest in found.items() if group.log_group == wanted}
    if model_version:
        versions = {group: newest for group, newest in versions.items() if group.model_version == model_version}
    if not versions:
        seen = ", ".join(sorted({str(group) for group in found})) or "none at all"
        raise UserError(f"No such predictions in {wanted} from {iso(start)} to {iso(end)}. Found: {seen}.")
    group = max(versions, key=lambda each: versions[each])
    frozen = freeze_baseline(search, group, period, name, _config(target))
    out.print(f"froze {frozen.window.predictions:,} predictions of {escape(str(group))} as “{escape(name)}”,", end=" ")
    out.print(f"revision {frozen.revision}")


def freeze_baseline(search: OpenSearch, group: Group, period: Period, name: str, config: Config) -> Reference:
    """Freeze a period of a group's predictions as its reference `name`.

    Raises UserError if the period holds too few predictions, or if another reference was frozen at the same moment and
    took the place of this one.
    """
    try:
        frozen = freeze(search, group, period, name, config)
    except ReferenceRefusedError as error:
        raise UserError(f"{error}. Take a longer period.") from error
    if (frozen.name, frozen.window.period) != (name, period):
        raise UserError(
            f"Another reference of {group} was frozen at the same moment and was kept: “{frozen.name}”, revision "
            f"{frozen.revision}. Yours was not stored. To store it as the next revision, run the same command again."
        )
    return frozen


@drift.command()
@click.option("--run", is_flag=True, help="Compare now instead of showing the last scheduled comparison.")
@click.option("--since", type=Moment(), help="Compare the predictions since then: 7d, 12h, 30m, or an ISO 8601 time.")
def report(run: bool, since: datetime | None) -> None:
    """Show what the newest comparison found for each signal."""
    target = Target.resolve()
    if run or since:
        _invoke(target, {"from": iso(since)} if since else {})
    newest = _newest_runs(target)
    if not newest:
        raise UserError("Nothing was compared yet. To compare now, run: predmon drift report --run")
    for head in newest:
        body = {
            "size": 1000,
            "query": {"bool": {"filter": [{"term": {"run": head["run"]}}, {"term": {"kind": "signal"}}]}},
        }
        signals = target.search().search(index="drift-*", body=body)["hits"]["hits"]
        _show(head, [signal["_source"] for signal in signals])


@drift.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--against", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A file with normal sentences."
)
@click.option("--model-dir", type=click.Path(exists=True, file_okay=False, path_type=Path), default=MODEL)
@click.option("--log-group", help="Whose reference. Required if several log groups are watched.")
@click.option("--minimum", type=click.IntRange(1), help="Accept fewer sentences than the deployment does.")
@column_option
def simulate(
    file: Path, against: Path | None, model_dir: Path, log_group: str | None, minimum: int | None, column: str | None
) -> None:
    """Compare the sentences in FILE without sending them.

    The model in --model-dir predicts them on this machine. They are compared with the deployed reference, or with
    the predictions for the file --against.
    """
    predictions = _predict(model_dir, require_sentences(file, column))
    if against:
        config, normal = Config("http://unused"), _predict(model_dir, require_sentences(against, column))
        edges = {signal: _edges([row[signal] for row in normal]) for signal in (SCORE, LENGTH)}
        frozen, named = _counted(normal, edges), against.name
    else:
        target = Target.resolve()
        config, reference = _config(target), _reference(target, log_group, predictions)
        edges = {signal: reference.window.signals[signal].edges for signal in (SCORE, LENGTH)}
        frozen = {signal: reference.window.signals[signal] for signal in (LABEL, SCORE, LENGTH)}
        named = f"{reference.name} of {reference.group}"
    decision = replace(rule(config), minimum=minimum) if minimum else rule(config)
    findings = judge(frozen, _counted(predictions, edges), decision)
    verdict = overall(findings, len(predictions), decision)
    out.print(f"{count_of(len(predictions), 'prediction')} against {escape(named)}: [{COLOURS[verdict]}]{verdict}[/]")
    out.print(_table({"signal": f.signal, "verdict": f.verdict, "words": f.words, **_numbers(f)} for f in findings))


def _numbers(finding: Finding) -> dict[str, Any]:
    return {"psi": finding.psi, "effect": finding.effect, "p_adjusted": finding.p_adjusted}


def _show(head: dict[str, Any], signals: list[dict[str, Any]]) -> None:
    window, reference = head["window"], head["reference"]
    against = (
        f"against “{reference['name']}” (revision {reference['revision']})" if reference else "without a reference"
    )
    out.print(f"[bold]{escape(head['log_group'])}[/], model version {escape(head['model']['version'])}")
    out.print(f"{window['from']} to {window['to']}: {count_of(window['predictions'], 'prediction')} {escape(against)}")
    out.print(f"[{COLOURS[head['verdict']]}]{head['verdict']}[/]: {escape(head['words'])}")
    if signals:
        out.print(_table(sorted(signals, key=lambda signal: -signal["severity"])))
    out.print()


def _table(signals: Iterable[dict[str, Any]]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("signal", "verdict", "what changed"):
        table.add_column(name, overflow="fold")
    for name in ("PSI", "effect", "p"):
        table.add_column(name, justify="right", no_wrap=True)
    for each in signals:
        verdict = f"[{COLOURS[each['verdict']]}]{each['verdict']}[/]"
        numbers = ["" if each.get(name) is None else f"{each[name]:.2g}" for name in ("psi", "effect", "p_adjusted")]
        table.add_row(each["signal"], verdict, escape(each["words"]), *numbers)
    return table


def _newest_runs(target: Target) -> list[dict[str, Any]]:
    body = {"size": 1000, "query": {"term": {"kind": "run"}}, "sort": [{"@timestamp": "desc"}]}
    found = target.search().search(index="drift-*", body=body, ignore_unavailable=True)["hits"]["hits"]
    runs = [hit["_source"] for hit in found]
    newest = {run["log_group"]: run["@timestamp"] for run in reversed(runs)}
    return [run for run in runs if run["@timestamp"] == newest[run["log_group"]]]


def _invoke(target: Target, event: dict[str, str]) -> None:
    name = _function(target)
    answer = target.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event))
    payload = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise UserError(f"{name} failed: {payload.get('errorMessage', payload)}")


def _config(target: Target) -> Config:
    """Return the configuration of the deployed function, so that the command judges as it does."""
    configuration = target.client("lambda").get_function_configuration(FunctionName=_function(target))
    return Config.from_env(configuration["Environment"]["Variables"])


def _function(target: Target) -> str:
    if "DriftFunctionName" not in target.outputs:
        raise UserError("This stack was deployed with drift=false. Deploy it again without that setting.")
    return target.outputs["DriftFunctionName"]


def _only_log_group(target: Target) -> str:
    names = target.outputs["LogGroupNames"].split(",")
    if len(names) > 1:
        raise UserError(f"Several log groups are watched. Name one with --log-group: {', '.join(names)}")
    return names[0]


def _reference(target: Target, log_group: str | None, predictions: list[dict[str, Any]]) -> Reference:
    known = references(target.search(), log_group or _only_log_group(target))
    if not known:
        raise UserError(
            "There is no reference yet. Freeze one with predmon drift baseline, or name a file with --against."
        )
    return next((each for each in known if each.group.model_version == predictions[0]["version"]), known[0])


def _predict(model_dir: Path, sentences: list[str]) -> list[dict[str, Any]]:
    from inference_lambda.model import Model, ModelError

    try:
        model = Model(model_dir, name=model_dir.name)
        answers = [(text, model.classify(text)) for text in track(sentences, "Predicting", total=len(sentences))]
    except ModelError as error:
        raise UserError(f"The model in {model_dir} cannot be used: {error}") from error
    return [
        {LABEL: answer.label, SCORE: answer.score, LENGTH: len(text), "version": model.version}
        for text, answer in answers
    ]


def _edges(values: list[float]) -> tuple[float, ...]:
    ordered = sorted(values)
    return bin_edges([ordered[int(quantile * (len(ordered) - 1))] for quantile in QUANTILES], ordered[-1])


def _counted(predictions: list[dict[str, Any]], edges: dict[str, tuple[float, ...]]) -> dict[str, Distribution]:
    numbers = {signal: count_numbers((row[signal] for row in predictions), edges[signal]) for signal in edges}
    return {LABEL: categories(Counter(row[LABEL] for row in predictions)), **numbers}
