"""Follow what was sent into the index, and count what the shipper made of it."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from opensearchpy import OpenSearch

from predmon.commands.cloud.log_errors import find_error
from predmon.commands.cloud.logs import log_events, read_report
from predmon.commands.deployment.target import Target
from predmon.errors import UserError
from predmon.local.cloud import LocalCloud
from predmon.progress import console, print_step
from predmon.terminal import Terminal
from predmon.wording import count_of

WAIT_SECONDS = 120
"""How long to wait for the last prediction. On AWS, a subscription delivers within a few seconds."""
PRINT_SECONDS = 10
"""How often the progress is printed if there is no terminal."""
TERMS = 1000
"""How many ids one query holds."""
# Days that were made by an earlier version have a text with a keyword below it.
REQUEST_IDS = ("request_id", "request_id.keyword")


def report_arrival(target: Target, request_ids: list[str], began_ms: int, out: Terminal) -> None:
    """Wait for the predictions, and print how many of them were indexed. Raises UserError if some did not arrive."""
    total, indexed = len(request_ids), wait_until_indexed(target, request_ids)
    missing = total - indexed
    kept_raw, ignored, failed = count_outcomes(target, began_ms)
    equation = f"sent {total} = indexed {indexed}" + (f" + missing {missing}" if missing else "")
    out.print(f"{equation}  (ignored {ignored}, kept raw {kept_raw}, failed {failed})")
    if missing:
        errors = [error for event in log_events(target, "shipper", began_ms) if (error := find_error(event["message"]))]
        reason = f"The shipper's last error: {errors[-1]}" if errors else "The shipper has logged no error."
        raise UserError(
            f"Not searchable within {WAIT_SECONDS} s: {count_of(missing, 'prediction')}. {reason}\n"
            "To see the shipper's whole log: predmon logs shipper. To see what waits for a replay: predmon status"
        )


def print_dashboard(target: Target, out: Terminal) -> None:
    """Print the address of the dashboard as the last line."""
    out.print(f"\nDashboard: {target.outputs['DashboardUrl']}", soft_wrap=True)


def wait_until_indexed(
    target: Target,
    ids: list[str],
    *,
    noun: str = "prediction",
    index: str = "cwl-*",
    fields: tuple[str, ...] = REQUEST_IDS,
) -> int:
    """Return how many of `ids` are searchable, as soon as all are or after WAIT_SECONDS.

    Raises UserError as soon as a part of the local cloud has stopped, since the rest never becomes searchable then.
    """
    search, total = target.search(), len(ids)
    local_cloud = LocalCloud.current()
    began = printed = time.monotonic()
    with console.status(f"Waiting until {count_of(total, noun)} can be found") as status:
        while True:
            if target.is_local and (problem := local_cloud.problem()):
                raise UserError(f"{problem}\nsent {total}, but it is not yet known how many of them arrived.")
            found, now = sum(_count(search, index, fields, some) for some in chunks(ids)), time.monotonic()
            if found >= total or now - began > WAIT_SECONDS:
                return found
            progress = f"Waiting for the shipper: {found} of {total} can be found, {now - began:.0f} s"
            status.update(progress)
            if now - printed > PRINT_SECONDS and not console.is_terminal:
                printed = now
                print_step(progress)
            time.sleep(0.5)


def _count(search: OpenSearch, index: str, fields: tuple[str, ...], ids: list[str]) -> int:
    body = {"query": {"bool": {"should": [{"terms": {field: ids}} for field in fields]}}}
    count: int = search.count(index=index, body=body, params={"ignore_unavailable": "true"})["count"]
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
