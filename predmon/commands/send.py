"""`predmon send`: send real input through the deployed model. With `--wait`, follow it into the index."""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from botocore.config import Config as ClientConfig
from opensearchpy import OpenSearch
from rich.console import Console
from rich.markup import escape

from predmon.commands import spreading
from predmon.commands.log_errors import find_error
from predmon.commands.logs import log_events, read_report
from predmon.commands.sentences import column_option, require_sentences
from predmon.commands.spreading import Length
from predmon.commands.target import Target
from predmon.errors import UserError
from predmon.local.cloud import LocalCloud
from predmon.progress import console, print_step, track
from predmon.wording import count_of

WAIT_SECONDS = 120
"""How long `--wait` waits for the last prediction. On AWS, a subscription delivers within a few seconds."""
PRINT_SECONDS = 10
"""How often `--wait` prints its progress if there is no terminal."""
TERMS = 1000
"""How many request ids one query holds."""


@dataclass(frozen=True)
class Sent:
    """The results: the request ids of the predictions, and how often which input was refused or invocation failed."""

    request_ids: list[str]
    refused: Counter[str]
    failed: Counter[str]
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def total(self) -> int:
        """How many sentences were sent, whatever became of them."""
        return len(self.request_ids) + self.refused.total() + self.failed.total()

    def add(self, is_failure: bool, reply: dict[str, Any]) -> None:
        """Add the reply to one sentence."""
        with self.lock:
            if is_failure:
                self.failed[str(reply.get("errorMessage") or reply)] += 1
            elif "request_id" in reply:
                self.request_ids.append(reply["request_id"])
            else:
                self.refused[str(reply.get("error") or reply)] += 1


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--wait", is_flag=True, help="Wait until every prediction is searchable, and count what became of them.")
@click.option("--parallel", default=4, show_default=True, type=click.IntRange(1, 64), help="Requests at once.")
@click.option("--over", type=Length(), help="Spread them over the past instead, such as 24h. Only on the local cloud.")
@column_option
def send(file: Path, wait: bool, parallel: int, over: timedelta | None, column: str | None) -> None:
    """Send the sentences of FILE one at a time through the deployed model.

    FILE is a text with a sentence a line, a .csv or .tsv file, or JSON lines (.jsonl); `-` is standard input. In a
    table the header names the column: `sentence` or `text`, or the name that --column gives. In JSON lines a key does
    so. The separator can be a comma, a semicolon, a tab or a `|`. The text is UTF-8, or has a byte order mark.

    With --over the model predicts on this machine, and the log lines are written with past times. The sentences repeat
    until each hour has enough for the drift comparison. Then each hour is compared once. It includes --wait.

    Exits with status 1 if an invocation failed. A sentence that the model refuses is not a failure.
    """
    sentences = require_sentences(file, column)
    target = Target.resolve()
    if "InferenceFunctionName" not in target.outputs:
        raise UserError("This stack was deployed with inference=false, so it has no model to send to.")
    began_ms = int(time.time() * 1000)
    out = Console(highlight=False)
    sent = Sent([], Counter(), Counter())
    if over:
        _send_over(target, sentences, over, sent, out)
        return
    try:
        send_all(target, sentences, parallel, sent)
    except KeyboardInterrupt:
        out.print(f"Interrupted. sent {sent.total} of {len(sentences)}. To see how many arrived: predmon status")
        raise
    _print_reasons(sent, out)
    if wait:
        _wait(target, sent, began_ms, out)
    else:
        out.print(f"sent {len(sent.request_ids)} of {len(sentences)}")
    if failed := sent.failed.total():
        raise UserError(f"{failed} of {len(sentences)} invocations failed. See above, and run: predmon logs inference")


def _print_reasons(sent: Sent, out: Console) -> None:
    for word, reasons in (("refused", sent.refused), ("failed", sent.failed)):
        for reason, count in reasons.most_common():
            out.print(f"[yellow]{word} {count}[/]: {escape(reason)}")


def _send_over(target: Target, sentences: list[str], over: timedelta, sent: Sent, out: Console) -> None:
    spreading.require_local(target)
    began_ms, end = int(time.time() * 1000), spreading.current_minute()
    lines = spreading.past_lines(target, spreading.plan(target, sentences, over, end), sent.refused)
    spreading.write_lines(target, lines)
    sent.request_ids.extend(line.request_id for line in lines)
    _print_reasons(sent, out)
    _wait(target, sent, began_ms, out)
    if "DriftFunctionName" in target.outputs:
        verdicts = spreading.judge_windows(target, over, end)
        out.print(f"Drift, each window compared once: {verdict_counts(verdicts)} (predmon drift report)")


def verdict_counts(verdicts: Counter[str]) -> str:
    """Return how often each verdict was given, as text: `stable 22, drift 2`."""
    return ", ".join(f"{verdict} {count}" for verdict, count in verdicts.most_common()) or "no window had predictions"


def _wait(target: Target, sent: Sent, began_ms: int, out: Console) -> None:
    total, indexed = len(sent.request_ids), wait_until_indexed(target, sent.request_ids)
    missing = total - indexed
    kept_raw, ignored, failed = count_outcomes(target, began_ms)
    equation = f"sent {total} = indexed {indexed}" + (f" + missing {missing}" if missing else "")
    out.print(f"{equation}  (ignored {ignored}, kept raw {kept_raw}, failed {failed})")
    out.print(f"\nDashboard: {target.outputs['DashboardUrl']}", soft_wrap=True)
    if missing:
        errors = [error for event in log_events(target, "shipper", began_ms) if (error := find_error(event["message"]))]
        reason = f"The shipper's last error: {errors[-1]}" if errors else "The shipper has logged no error."
        raise UserError(
            f"Not searchable within {WAIT_SECONDS} s: {count_of(missing, 'prediction')}. {reason}\n"
            "To see the shipper's whole log: predmon logs shipper. To see what waits for a replay: predmon status"
        )


def send_all(target: Target, sentences: list[str], parallel: int, sent: Sent) -> None:
    """Invoke the deployed function once for each sentence, `parallel` at a time, and add the results to `sent`.

    An interrupt ends it after the requests that are under way. Their results are in `sent` then, too.
    """
    # Keep boto3's patient retries for AWS. An emulator that does not answer is gone, so give up soon.
    config = ClientConfig(max_pool_connections=parallel)
    if target.is_local:
        config = config.merge(ClientConfig(retries={"total_max_attempts": 2}))
    client = target.client("lambda", config=config)
    name = target.outputs["InferenceFunctionName"]

    def invoke(sentence: str) -> None:
        answer = client.invoke(FunctionName=name, Payload=json.dumps({"sentence": sentence}).encode())
        sent.add("FunctionError" in answer, json.loads(answer["Payload"].read()) or {})

    pool = ThreadPoolExecutor(parallel)
    try:
        for _ in track(pool.map(invoke, sentences), "Sending", total=len(sentences)):
            pass
    finally:
        pool.shutdown(cancel_futures=True)


def wait_until_indexed(target: Target, request_ids: list[str]) -> int:
    """Return how many of `request_ids` are searchable, as soon as all are or after WAIT_SECONDS.

    Raises UserError as soon as a part of the local cloud has stopped, since the rest never becomes searchable then.
    """
    search, total = target.search(), len(request_ids)
    local_cloud = LocalCloud.current()
    began = printed = time.monotonic()
    with console.status(f"Waiting until {count_of(total, 'prediction')} can be found") as status:
        while True:
            if target.is_local and (problem := local_cloud.problem()):
                raise UserError(f"{problem}\nsent {total}, but it is not yet known how many of them arrived.")
            found, now = sum(_count(search, ids) for ids in chunks(request_ids)), time.monotonic()
            if found >= total or now - began > WAIT_SECONDS:
                return found
            progress = f"Waiting for the shipper: {found} of {total} can be found, {now - began:.0f} s"
            status.update(progress)
            if now - printed > PRINT_SECONDS and not console.is_terminal:
                printed = now
                print_step(progress)
            time.sleep(0.5)


def _count(search: OpenSearch, request_ids: list[str]) -> int:
    # Days that were made by an earlier version have a text with a keyword below it.
    fields = ("request_id", "request_id.keyword")
    body = {"query": {"bool": {"should": [{"terms": {field: request_ids}} for field in fields]}}}
    count: int = search.count(index="cwl-*", body=body, params={"ignore_unavailable": "true"})["count"]
    return count


def count_outcomes(target: Target, since_ms: int) -> tuple[int, int, int]:
    """Return what the shipper has reported since `since_ms` (epoch milliseconds): (kept raw, ignored, failed)."""
    totals: Counter[str] = Counter()
    for report in shipper_reports(target, since_ms):
        totals.update({name: report[name] for name in ("kept_raw", "ignored", "failed")})
    return totals["kept_raw"], totals["ignored"], totals["failed"]


def shipper_reports(target: Target, since_ms: int) -> Iterator[dict[str, Any]]:
    """Yield the shipper's log lines with counts, one for each invocation, since `since_ms` (epoch milliseconds)."""
    for event in log_events(target, "shipper", since_ms, "kept_raw"):
        if report := read_report(event["message"]):
            yield report


def chunks(items: list[str]) -> Iterable[list[str]]:
    """Split `items` into lists of at most TERMS."""
    return (items[start : start + TERMS] for start in range(0, len(items), TERMS))
