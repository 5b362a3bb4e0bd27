"""`predmon send`: send real input through the deployed model. With `--wait`, follow it into the index."""

import json
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from botocore.config import Config as ClientConfig

from predmon.commands.deployment.target import Target
from predmon.commands.sending.arrival import print_dashboard, report_arrival
from predmon.commands.sending.spreading import Length, Past, find_current_minute
from predmon.errors import UserError
from predmon.paths import quoted
from predmon.progress import track
from predmon.sentences import column_option, read_truths, require_sentences
from predmon.terminal import Terminal, escape
from predmon.text_files import read_text

READABLE = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)


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
@click.argument("file", type=READABLE)
@click.option("--wait", is_flag=True, help="Wait until every prediction is searchable, and count what became of them.")
@click.option("--parallel", default=4, show_default=True, type=click.IntRange(1, 64), help="Requests at once.")
@click.option("--over", type=Length(), help="Spread them over the past instead, such as 24h. Only on the local cloud.")
@click.option("--then", type=READABLE, help="With --over: what the last two hours bring instead.")
@click.option(
    "--lines", is_flag=True, help="FILE holds log lines, of any logger: log them as they are. Local cloud only."
)
@click.option("--log-group", help="With --lines: the attached log group that gets them. Default: the first.")
@click.option("--truth", metavar="COLUMN", help="With --over: the column with the label that is right.")
@column_option
def send(
    file: Path,
    wait: bool,
    parallel: int,
    over: timedelta | None,
    then: Path | None,
    lines: bool,
    log_group: str | None,
    truth: str | None,
    column: str | None,
) -> None:
    """Send the sentences of FILE one at a time through the deployed model.

    FILE is a text with a sentence a line, a .csv or .tsv file, or JSON lines (.jsonl); `-` is standard input. In a
    table the header names the column: `sentence` or `text`, or the name that --column gives. In JSON lines a key does
    so. The separator can be a comma, a semicolon, a tab or a `|`. The text is UTF-8, or has a byte order mark.

    With --over the model predicts on this machine, and the log lines are written with past times. The sentences repeat
    until each hour has enough for the drift comparison. Then each hour is compared once. It includes --wait. With
    --truth a third of the predictions, but none of the last two hours, get an actual, and the quality is measured.

    With --lines, FILE holds lines as your own function logs them. Each gets the time that it says, or with --over one
    in the past.

    Exits with status 1 if an invocation failed. A sentence that the model refuses is not a failure.
    """
    if (then or truth) and not over:
        raise UserError("--then and --truth say what the past is to hold, so they need --over, such as --over 24h.")
    if lines:
        _send_lines(file, over, log_group, {"--wait": wait, "--then": then, "--truth": truth, "--column": column})
        return
    if log_group:
        raise UserError("--log-group says which log group gets the lines, so it needs --lines.")
    sentences = require_sentences(file, column)
    target = Target.resolve()
    if "InferenceFunctionName" not in target.outputs:
        raise UserError("This stack was deployed with inference=false, so it has no model to send to.")
    out = Terminal()
    sent = Sent([], Counter(), Counter())
    if over:
        lately = require_sentences(then, column) if then else []
        truths = read_truths(file, column, truth) if truth else {}
        _send_past(target, Past(sentences, over, find_current_minute(), lately, truths), sent, out)
        return
    _send_now(target, sentences, parallel, sent, out, wait=wait)


def _send_now(target: Target, sentences: list[str], parallel: int, sent: Sent, out: Terminal, *, wait: bool) -> None:
    """Send the sentences, print what became of them, and with `wait` follow them into the index."""
    began_ms = int(time.time() * 1000)
    try:
        send_all(target, sentences, parallel, sent)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(
            f"sent {sent.total} of {len(sentences)}. To see how many arrived: predmon status."
        ) from None
    _print_reasons(sent, out)
    if wait:
        report_arrival(target, sent.request_ids, began_ms, out)
        print_dashboard(target, out)
    else:
        out.print(f"sent {len(sent.request_ids)} of {len(sentences)}")
    if failed := sent.failed.total():
        raise UserError(f"{failed} of {len(sentences)} invocations failed. See above, and run: predmon logs inference")


def _print_reasons(sent: Sent, out: Terminal) -> None:
    for word, reasons in (("refused", sent.refused), ("failed", sent.failed)):
        for reason, count in reasons.most_common():
            out.print(f"[yellow]{word} {count}[/]: {escape(reason)}")


def _send_lines(file: Path, over: timedelta | None, log_group: str | None, others: dict[str, object]) -> None:
    from predmon.commands.sending.lines import send_lines, spread
    from predmon.commands.sending.past import require_local

    if given := [name for name, value in others.items() if value]:
        raise UserError(f"{given[0]} is about sentences: leave it out beside --lines.")
    found = [line for line in read_text(file).split("\n") if line.strip()]
    if not found:
        raise UserError(f"{quoted(file)} holds no lines.")
    target = Target.resolve()
    require_local(target, "--lines")
    send_lines(target, spread(found, over, find_current_minute()), log_group, Terminal())


def _send_past(target: Target, past: Past, sent: Sent, out: Terminal) -> None:
    from predmon.commands.sending.past import require_local, send_past

    require_local(target, "--over")
    send_past(target, past, sent.refused, out)
    _print_reasons(sent, out)
    print_dashboard(target, out)


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
