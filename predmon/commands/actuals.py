"""`predmon actuals`: store what predictions should have been, from a file, and join it to them."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from opensearchpy import OpenSearch
from rich.console import Console
from rich.markup import escape

import actuals as contract
from predmon.commands.actuals_file import ActualRow, RefusedRow, read_actuals
from predmon.commands.quality_target import deployed_config
from predmon.commands.target import Target
from predmon.errors import UserError
from predmon.progress import print_step, track
from predmon.wording import count_of
from quality_lambda.joining import join

IN_A_REQUEST = 1000
MOST_LABELS = 1000
MOST_LINES = 10
"""So many refused rows are printed; the rest are counted."""
HOURS = 3600.0
MEANING = {
    "joined": "each beside its prediction",
    "waiting": "nobody has looked for their predictions yet",
    "unknown": "no prediction has this id so far; looked for again",
    "refused": "see why below",
    "superseded": "a newer actual for the same prediction counts",
}
out = Console(highlight=False)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--new-labels", is_flag=True, help="Also take labels that no prediction has ever had.")
def actuals(file: Path, new_labels: bool) -> None:
    """Store the actuals in FILE, and join them to their predictions.

    FILE is a table with a header or JSON lines: `prediction_id`, and `label`, `labels` (a|b) or `value`. Further
    columns: `time` (else that of the file) and `log_group` (where ids are unique only within one). A row that cannot
    be an actual is refused, and all others are stored. To send a file again changes nothing.
    """
    modified = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    rows, refused = read_actuals(file, default_time=modified)
    target = Target.resolve()
    search, config = target.search(), deployed_config(target)
    if not new_labels:
        rows, strange = _without_strange_labels(rows, _known_labels(search))
        refused = sorted([*refused, *strange], key=lambda row: row.line)
    stored = store(search, rows, file.name)
    print_step("Looking for their predictions")
    join(search, config, datetime.now(UTC), time.monotonic() + HOURS)
    _say(file, rows, refused, stored, states_of(search, rows))


def store(search: OpenSearch, rows: Sequence[ActualRow], source: str) -> Counter[str]:
    """Store the rows; return how many are new, corrected, or changed nothing.

    Raises UserError if the domain refused one for another reason than that a newer one is there.
    """
    words = {201: "new", 200: "corrected", 409: "unchanged"}
    done: Counter[str] = Counter()
    batches = [rows[start : start + IN_A_REQUEST] for start in range(0, len(rows), IN_A_REQUEST)]
    for batch in track(batches, "Storing", total=len(batches)):
        answer = search.bulk(body=list(_lines(batch, source)), params={"refresh": "true"})
        for row, item in zip(batch, answer["items"], strict=True):
            status = item["index"]["status"]
            if status not in words:
                raise UserError(f"line {row.line} could not be stored: {item['index'].get('error')}")
            done[words[status]] += 1
    return done


def _lines(rows: Sequence[ActualRow], source: str) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield contract.action(row.prediction_id, row.actual, row.milliseconds, row.log_group)
        yield contract.document(
            row.prediction_id, row.actual, row.milliseconds, source=f"file {source}", log_group=row.log_group
        )


def states_of(search: OpenSearch, rows: Sequence[ActualRow]) -> Counter[str]:
    """Return how many actuals of these rows are in each state, and as `refused: reason` why."""
    ids = list({contract.identity(row.prediction_id, row.log_group) for row in rows})
    found: Counter[str] = Counter()
    for start in range(0, len(ids), IN_A_REQUEST):
        body = {"ids": ids[start : start + IN_A_REQUEST]}
        for each in search.mget(index=contract.INDEX, body=body, _source=["state", "reason"])["docs"]:
            source = each["_source"]
            found[source["state"]] += 1
            if "reason" in source:
                found[f"{source['state']}: {source['reason']}"] += 1
    return found


def _known_labels(search: OpenSearch) -> set[str]:
    """Return the labels that predictions have had; none where there are more than can be listed."""
    fields = {"label": "prediction.label.keyword", "labels": "prediction.labels.keyword"}
    aggregations = {name: {"terms": {"field": field, "size": MOST_LABELS}} for name, field in fields.items()}
    answer = search.search(index="cwl-*", body={"size": 0, "aggs": aggregations}, ignore_unavailable=True)
    found = answer.get("aggregations", {})
    if any(each["sum_other_doc_count"] for each in found.values()):
        return set()
    return {bucket["key"] for each in found.values() for bucket in each["buckets"]}


def _without_strange_labels(rows: Sequence[ActualRow], known: set[str]) -> tuple[list[ActualRow], list[RefusedRow]]:
    """Refuse labels that no prediction has had: most are misspelt. Where nothing was predicted yet, all are taken."""
    taken, strange = [], []
    for row in rows:
        labels = [row.actual["label"]] if "label" in row.actual else row.actual.get("labels", [])
        unknown = next((label for label in labels if known and label not in known), None)
        if unknown is None:
            taken.append(row)
        else:
            reason = f"no prediction ever had the label “{unknown[:40]}”; to take it: --new-labels"
            strange.append(RefusedRow(row.line, reason))
    return taken, strange


def _say(
    file: Path, rows: Sequence[ActualRow], refused: Sequence[RefusedRow], stored: Counter[str], states: Counter[str]
) -> None:
    out.print(f"{escape(file.name)}: {count_of(len(rows) + len(refused), 'row')}", soft_wrap=True)
    if rows:
        how = ", ".join(f"{count:,} {word}" for word, count in stored.most_common())
        out.print(f"  stored     {len(rows):>8,}  {how}")
    for state, meaning in MEANING.items():
        if state in ("joined", "unknown") or states[state]:
            out.print(f"  {state:10} {states[state]:>8,}  {meaning if states[state] else ''}".rstrip())
    for reason, count in sorted(states.items()):
        if ": " in reason and not reason.endswith("not_found"):
            out.print(f"             {count:>8,}  {reason.replace('_', ' ')}")
    for row in refused[:MOST_LINES]:
        out.print(f"[yellow]  line {row.line} refused[/]: {escape(row.reason)}", soft_wrap=True)
    if len(refused) > MOST_LINES:
        out.print(f"[yellow]  and {count_of(len(refused) - MOST_LINES, 'more row')} refused[/]")
    if refused:
        raise UserError(f"{count_of(len(refused), 'row')} of {file.name} refused. The others are stored.")
