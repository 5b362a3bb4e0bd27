"""`predmon drift simulate`: what a comparison would say of a file of sentences."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from monitors.drift.comparing import make_rule
from monitors.drift.config import Config
from monitors.drift.judgement.judging import Look, judge_looks
from monitors.drift.judgement.signals import LABEL, LENGTH, SCORE, SCORE_BY_LABEL, expect_unseen
from monitors.drift.judgement.verdict import Verdict, pick_overall
from monitors.drift.references.reference import load_newest
from monitors.drift.reports import sentences
from monitors.drift.statistics.distribution import (
    OTHER,
    QUANTILES,
    CrossTable,
    Distribution,
    Tally,
    bin_edges,
    count_numbers,
    make_categories,
)
from predmon.commands.deployment.deployed_model import deployed_model
from predmon.commands.deployment.target import Target
from predmon.commands.drift.function import only_log_group, read_deployed_config
from predmon.commands.drift.report import out, print_signals, print_verdict
from predmon.errors import UserError
from predmon.paths import ROOT, quoted
from predmon.progress import track
from predmon.sentences import column_option, require_sentences
from predmon.terminal import escape
from predmon.wording import count_of

PACKAGED = ROOT / "inference_lambda" / "model"
A_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
A_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
COMPARED = (LABEL, SCORE, LENGTH, SCORE_BY_LABEL)


@dataclass(frozen=True)
class Prediction:
    """What a model says of a sentence."""

    label: str
    score: float
    characters: int


@dataclass(frozen=True)
class Normal:
    """What the sentences are compared with."""

    name: str
    look: Look
    config: Config


@click.command()
@click.argument("file", type=A_FILE)
@click.option("--against", type=A_FILE, help="A file with normal sentences.")
@click.option("--against-model-dir", type=A_FOLDER, help="Another model folder, for the same sentences.")
@click.option("--model-dir", type=A_FOLDER, help="A model folder. Default: the deployed model.")
@click.option("--log-group", help="Whose reference. Required if several log groups are watched.")
@click.option("--minimum", type=click.IntRange(1), help="Accept fewer sentences than the deployment does.")
@column_option
def simulate(
    file: Path,
    against: Path | None,
    against_model_dir: Path | None,
    model_dir: Path | None,
    log_group: str | None,
    minimum: int | None,
    column: str | None,
) -> None:
    """Show how the sentences in FILE would compare, without sending them anywhere.

    The deployed model, or that in --model-dir, predicts them on this machine. They are compared with the deployed
    reference, with the predictions for the file --against, or with what the model in --against-model-dir says of them.
    """
    if against and against_model_dir:
        raise click.UsageError("--against and --against-model-dir exclude each other.")
    lines = require_sentences(file, column)
    folder = model_dir or _model(needs_cloud=not (against or against_model_dir))
    version, predictions = _predict(folder, lines)
    out.print(f"Model: {escape(str(folder))}, version {version}", soft_wrap=True)
    if against_model_dir:
        other, before = _predict(against_model_dir, lines)
        normal = _of_predictions(f"model version {other}", before, predictions)
        differing = sum(a.label != b.label for a, b in zip(before, predictions, strict=True))
        out.print(f"The two models give {count_of(differing, 'sentence')} of {len(lines):,} another label.")
    elif against:
        _, before = _predict(folder, require_sentences(against, column))
        normal = _of_predictions(against.name, before, predictions)
    else:
        normal = _of_deployment(log_group, version, predictions)
    decision = make_rule(normal.config)
    decision = replace(decision, minimum=minimum) if minimum else decision
    findings = judge_looks([normal.look], decision)
    verdict = pick_overall(findings, len(predictions), decision)
    out.print(f"{count_of(len(predictions), 'prediction')} against {escape(normal.name)}: {verdict}")
    said = (
        sentences.explain_bad(verdict, findings, None, None) if verdict.severity else sentences.explain_stable(findings)
    )
    if verdict is Verdict.NOT_ENOUGH_DATA:
        said = f"{len(predictions):,} of the {decision.minimum:,} predictions needed"
    print_verdict(verdict, said)
    print_signals(
        {
            "signal": f.signal,
            "verdict": f.verdict,
            "words": f.explanation,
            "psi": f.psi,
            "effect": f.effect,
            "p_adjusted": f.p_adjusted,
        }
        for f in findings
    )


def _model(*, needs_cloud: bool) -> Path:
    """Return the deployed model's folder; where nothing is deployed and nothing need be, the packaged model's."""
    try:
        return deployed_model(Target.resolve())
    except UserError:
        if needs_cloud:
            raise
        return PACKAGED


def _predict(folder: Path, lines: Sequence[str]) -> tuple[str, list[Prediction]]:
    """Return the model's version and what it says of each sentence. Raises UserError if it cannot be used."""
    from inference_lambda.model import Model, ModelError

    try:
        model = Model(folder, name=folder.name)
        answers = [(text, model.classify(text)) for text in track(lines, "Predicting", total=len(lines))]
    except ModelError as error:
        raise UserError(f"The model in {quoted(folder)} cannot be used: {error}") from error
    return model.version, [Prediction(answer.label, answer.score, len(text)) for text, answer in answers]


def _of_predictions(name: str, before: Sequence[Prediction], now: Sequence[Prediction]) -> Normal:
    edges = bin_edges_of(before)
    labels = tuple(dict.fromkeys(each.label for each in before))
    frozen = counted(before, labels, edges)
    look = Look(frozen, counted(now, labels, edges), unseen_share=0.0)
    return Normal(name, look, Config("http://unused"))


def _of_deployment(log_group: str | None, version: str, now: Sequence[Prediction]) -> Normal:
    target = Target.resolve()
    known = load_newest(target.search(), log_group or only_log_group(target))
    if not known:
        raise UserError(
            "There is no reference yet. Freeze one with predmon drift baseline, or name a file with --against."
        )
    reference = next((each for each in known if each.group.model_version == version), known[0])
    frozen = {name: each for name, each in reference.window.signals.items() if name in COMPARED}
    labels = frozen[LABEL]
    named = tuple(labels.bins)
    table = frozen.get(SCORE_BY_LABEL)
    edges = {name: frozen[name].edges for name in (SCORE, LENGTH) if frozen[name].edges}
    frozen = {name: each for name, each in frozen.items() if name in (LABEL, *edges, SCORE_BY_LABEL)}
    current = counted(now, table.rows if isinstance(table, CrossTable) else (), edges)
    current[LABEL] = _keep_named(current[LABEL], named)
    unseen = expect_unseen(labels) if isinstance(labels, Distribution) else 0.0
    look = Look(frozen, current, dispersions=reference.season.dispersion(1), unseen_share=unseen)
    return Normal(f"{reference.name} of {reference.group}", look, read_deployed_config(target))


def _keep_named(labels: Tally, named: Sequence[str]) -> Tally:
    """Count together the labels that a reference with very many does not name."""
    if OTHER not in named:
        return labels
    counts: Counter[str] = Counter()
    for label, count in zip(labels.bins, labels.counts, strict=True):
        counts[label if label in named else OTHER] += round(count)
    return make_categories(counts)


def bin_edges_of(predictions: Sequence[Prediction]) -> dict[str, tuple[float, ...]]:
    """Return the bin edges that a reference of these predictions would freeze."""
    return {
        SCORE: _edges([each.score for each in predictions]),
        LENGTH: _edges([each.characters for each in predictions]),
    }


def _edges(values: Sequence[float]) -> tuple[float, ...]:
    ordered = sorted(values)
    return bin_edges([ordered[int(quantile * (len(ordered) - 1))] for quantile in QUANTILES], ordered[-1])


def counted(
    predictions: Sequence[Prediction], rows: Sequence[str], edges: dict[str, tuple[float, ...]]
) -> dict[str, Tally]:
    """Return the predictions as the drift function counts them: labels, and scores and lengths into `edges`."""
    found: dict[str, Tally] = {LABEL: make_categories(Counter(each.label for each in predictions))}
    if SCORE in edges:
        found[SCORE] = count_numbers((each.score for each in predictions), edges[SCORE])
        by_label = [
            count_numbers((each.score for each in predictions if each.label == row), edges[SCORE]).counts[1:]
            for row in rows
        ]
        counts = tuple(count for row in by_label for count in row)
        found[SCORE_BY_LABEL] = CrossTable(tuple(rows), found[SCORE].bins[1:], counts, edges[SCORE])
    if LENGTH in edges:
        found[LENGTH] = count_numbers((each.characters for each in predictions), edges[LENGTH])
    return found
