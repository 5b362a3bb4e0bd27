"""`predmon send`: real input through the deployed model, and, with `--wait`, through everything behind it."""

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from botocore.config import Config as ClientConfig
from rich.console import Console
from rich.markup import escape

from drift_lambda.words import counted
from predmon.commands.logs import errors, log_events
from predmon.commands.sentences import column_option, some_sentences
from predmon.commands.target import Target
from predmon.errors import LocalError
from predmon.local import cloud
from predmon.progress import console, say, track

WAIT_SECONDS = 120
"""How long `--wait` gives the last prediction; on AWS a subscription delivers within a few seconds."""
SAY_SECONDS = 10
"""How often the waiting is told where nothing can be drawn."""
TERMS = 1000
"""Request ids in one query."""


@dataclass(frozen=True)
class Sent:
    """What came of it: the request ids of the predictions, why inputs were refused, and how invocations failed."""

    request_ids: list[str]
    refused: Counter[str]
    failed: Counter[str]


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--wait", is_flag=True, help="Wait until every prediction is searchable, and count what became of them.")
@click.option("--parallel", default=4, show_default=True, type=click.IntRange(1, 64), help="Requests at once.")
@column_option
def send(file: Path, wait: bool, parallel: int, column: str | None) -> None:
    """Send the sentences of FILE one at a time through the deployed model.

    FILE is UTF-8: text with a sentence a line, or a .csv or .tsv, whose header names the column: `sentence` or `text`,
    or what --column says. Status 1 if an invocation failed; a sentence that the model refuses is an answer.
    """
    sentences = some_sentences(file, column)
    target = Target.resolve()
    if "InferenceFunctionName" not in target.outputs:
        raise LocalError("This stack was deployed with inference=false: there is no model to send to.")
    began_ms = int(time.time() * 1000)
    sent = send_all(target, sentences, parallel)
    out = Console(highlight=False)
    for what, reasons in (("refused", sent.refused), ("failed", sent.failed)):
        for reason, count in reasons.most_common():
            out.print(f"[yellow]{what} {count}[/]: {escape(reason)}")
    if wait:
        _wait(target, sent, began_ms, out)
    else:
        out.print(f"sent {len(sent.request_ids)} of {len(sentences)}")
    if failed := sent.failed.total():
        raise LocalError(f"{failed} of {len(sentences)} invocations failed; see above, and the function's own log.")


def _wait(target: Target, sent: Sent, began_ms: int, out: Console) -> None:
    total, indexed = len(sent.request_ids), wait_until_indexed(target, sent.request_ids)
    missing = total - indexed
    raw, ignored, failed = outcomes(target, began_ms)
    equation = f"sent {total} = indexed {indexed}" + (f" + missing {missing}" if missing else "")
    out.print(f"{equation}  (ignored {ignored}, kept raw {raw}, failed {failed})")
    out.print(f"\nDashboard: {target.outputs['DashboardUrl']}", soft_wrap=True)
    if missing:
        raised = [error for event in log_events(target, "shipper", began_ms) for error in errors(event)]
        reason = f"The shipper's last error: {raised[-1]}" if raised else "The shipper has logged no error."
        raise LocalError(
            f"Not searchable within {WAIT_SECONDS} s: {counted(missing, 'prediction')}. {reason}\n"
            "All that it says: predmon logs shipper. What could not be delivered: predmon status"
        )


def send_all(target: Target, sentences: list[str], parallel: int) -> Sent:
    """Invoke the deployed function once a sentence, `parallel` at a time."""
    # AWS is asked again for long, as by default; an emulator that does not answer is gone.
    retries = {"total_max_attempts": 2} if target.is_local else None
    client = target.client("lambda", config=ClientConfig(max_pool_connections=parallel, retries=retries))
    name = target.outputs["InferenceFunctionName"]

    def invoke(sentence: str) -> tuple[bool, dict[str, Any]]:
        answer = client.invoke(FunctionName=name, Payload=json.dumps({"sentence": sentence}).encode())
        return "FunctionError" in answer, json.loads(answer["Payload"].read()) or {}

    sent = Sent([], Counter(), Counter())
    with ThreadPoolExecutor(parallel) as pool:
        for is_failure, reply in track(pool.map(invoke, sentences), "Sending", total=len(sentences)):
            if is_failure:
                sent.failed[str(reply.get("errorMessage") or reply)] += 1
            elif "request_id" in reply:
                sent.request_ids.append(reply["request_id"])
            else:
                sent.refused[str(reply.get("error") or reply)] += 1
    return sent


def wait_until_indexed(target: Target, request_ids: list[str]) -> int:
    """Return how many of `request_ids` are searchable, as soon as all are or after WAIT_SECONDS.

    Raises LocalError as soon as the local cloud has lost a part, since then they never will be.
    """
    search, total = target.search(), len(request_ids)
    began = said = time.monotonic()
    with console.status(f"Waiting until {counted(total, 'prediction')} can be found") as status:
        while True:
            if target.is_local and (trouble := cloud.trouble()):
                raise LocalError(f"{trouble}\nsent {total}, and what became of them is not known yet.")
            found, now = sum(_count(search, ids) for ids in chunks(request_ids)), time.monotonic()
            if found >= total or now - began > WAIT_SECONDS:
                return found
            progress = f"Waiting for the shipper: {found} of {total} can be found, {now - began:.0f} s"
            status.update(progress)
            if now - said > SAY_SECONDS and not console.is_terminal:
                said = now
                say(progress)
            time.sleep(0.5)


def _count(search: Any, request_ids: list[str]) -> int:
    body = {"query": {"terms": {"request_id.keyword": request_ids}}}
    return search.count(index="cwl-*", body=body, params={"ignore_unavailable": "true"})["count"]


def outcomes(target: Target, since_ms: int) -> tuple[int, int, int]:
    """Return what the shipper reported since then: (kept raw, ignored, failed)."""
    totals: Counter[str] = Counter()
    for report in shipper_reports(target, since_ms):
        totals.update({name: report[name] for name in ("kept_raw", "ignored", "failed")})
    return totals["kept_raw"], totals["ignored"], totals["failed"]


def shipper_reports(target: Target, since_ms: int) -> Iterator[dict[str, Any]]:
    """Yield the shipper's log lines of counts, one an invocation, since `since_ms` (epoch milliseconds)."""
    for event in log_events(target, "shipper", since_ms, "kept_raw"):
        start = event["message"].find("{")
        if start >= 0:
            yield json.loads(event["message"][start:])


def chunks(items: list[str]) -> Iterable[list[str]]:
    """Split `items` into lists of at most TERMS."""
    return (items[at : at + TERMS] for at in range(0, len(items), TERMS))
