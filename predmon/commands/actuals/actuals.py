"""`predmon actuals`: store what predictions should have been, from a file, and join it to them."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from opensearchpy import OpenSearch
from rich.markup import escape

from contracts import actuals as contract
from monitors.quality.config import Config
from monitors.quality.joining import join
from predmon.commands.actuals.file import ActualRow, RefusedRow, read_actuals
from predmon.commands.actuals.report import STRANGE_LABEL, out, print_refused, print_stored
from predmon.commands.deployment.target import Target
from predmon.commands.quality.function import deployed_config
from predmon.errors import UserError
from predmon.progress import bar, print_step
from predmon.text_files import STANDARD_INPUT
from predmon.wording import count_of

IN_A_REQUEST = 1000
MOST_LABELS = 1000
HOURS = 24 * 3600.0
"""How long the join may take. A person sees how far it is, and can stop it."""


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--new-labels", is_flag=True, help="Also take labels that no prediction has ever had.")
def actuals(file: Path, new_labels: bool) -> None:
    """Store the actuals in FILE, and join them to their predictions.

    FILE is a table with a header or JSON lines: `prediction_id`, and `label`, `labels` (a|b) or `value`. Further
    columns: `time` (else that of the file) and `log_group` (where ids are unique only within one). `-` is standard
    input, whose time is now. A row that cannot be an actual is refused, and all others are stored. To send a file
    again changes nothing.
    """
    is_piped = file == STANDARD_INPUT
    modified = datetime.now(UTC) if is_piped else datetime.fromtimestamp(file.stat().st_mtime, UTC)
    rows, refused = read_actuals(file, default_time=modified)
    target = Target.resolve()
    search, config = target.search(), deployed_config(target)
    if not new_labels:
        rows, strange = _without_strange_labels(rows, _known_labels(search))
        refused = sorted([*refused, *strange], key=lambda row: row.line)
    name = "standard input" if is_piped else file.name
    stored = store(search, rows, name)
    print_step("Looking for their predictions")
    join_all(search, config, stored["new"] + stored["corrected"])
    out.print(f"{escape(name)}: {count_of(len(rows) + len(refused), 'row')}", soft_wrap=True)
    if rows:
        print_stored(stored, *states_of(search, rows))
    print_refused(refused)
    if refused:
        raise UserError(f"{count_of(len(refused), 'row')} of {name} refused. The others are stored.")


def store(search: OpenSearch, rows: Sequence[ActualRow], source: str) -> Counter[str]:
    """Store the rows; return how many are new, corrected, or changed nothing.

    Raises UserError if the domain refused one for another reason than that a newer one is there. Where a person stops
    it, it says how many are stored.
    """
    words = {201: "new", 200: "corrected", 409: "unchanged"}
    done: Counter[str] = Counter()
    batches = [rows[start : start + IN_A_REQUEST] for start in range(0, len(rows), IN_A_REQUEST)]
    try:
        with bar("Storing", len(rows)) as advance:
            for batch in batches:
                answer = search.bulk(body=list(_lines(batch, source)))
                for row, item in zip(batch, answer["items"], strict=True):
                    status = item["index"]["status"]
                    if status not in words:
                        raise UserError(f"line {row.line} could not be stored: {item['index'].get('error')}")
                    done[words[status]] += 1
                advance(len(batch))
    except KeyboardInterrupt:
        out.print(f"Interrupted. {done.total():,} of {len(rows):,} rows are stored. Send the file again for the rest.")
        raise
    return done


def join_all(search: OpenSearch, config: Config, expected: int) -> None:
    """Join everything that waits; `expected` actuals, and whatever else does. Where a person stops it, say what then.

    The rest is joined by the function's next run.
    """
    try:
        with bar("Joining", expected) as advance:
            join(search, config, datetime.now(UTC), time.monotonic() + HOURS, advance)
    except KeyboardInterrupt:
        out.print("Interrupted. All rows are stored. The function joins the rest at its next run, within the hour.")
        raise


def _lines(rows: Sequence[ActualRow], source: str) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield contract.action(row.prediction_id, row.actual, row.milliseconds, row.log_group)
        yield contract.document(
            row.prediction_id, row.actual, row.milliseconds, source=f"file {source}", log_group=row.log_group
        )


def states_of(search: OpenSearch, rows: Sequence[ActualRow]) -> tuple[Counter[str], list[str]]:
    """Return how many actuals of these rows are in each state, and as `refused: reason` why; and which are unknown."""
    ids = list({contract.identity(row.prediction_id, row.log_group) for row in rows})
    found: Counter[str] = Counter()
    unknown = []
    fields = ["state", "reason", "prediction_id"]
    for start in range(0, len(ids), IN_A_REQUEST):
        body = {"ids": ids[start : start + IN_A_REQUEST]}
        for each in search.mget(index=contract.INDEX, body=body, _source=fields)["docs"]:
            source = each["_source"]
            found[source["state"]] += 1
            if "reason" in source:
                found[f"{source['state']}: {source['reason']}"] += 1
            if source["state"] == contract.State.UNKNOWN:
                unknown.append(source["prediction_id"])
    return found, unknown


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
            strange.append(RefusedRow(row.line, f"{STRANGE_LABEL} “{unknown[:24]}”"))
    return taken, strange
