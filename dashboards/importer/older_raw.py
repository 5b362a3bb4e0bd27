"""Move lines that an earlier version kept raw among the predictions to the indices that hold such lines now."""

from contracts.indices import PREDICTIONS, RAW
from dashboards.importer.connection import Connection, ServerError

KEPT_RAW = {"exists": {"field": "shipper.kept_raw.reason"}}
"""What only a line that is kept raw has. Among the predictions it is counted as one."""
FROM, TO = (each.pattern.removesuffix("*") for each in (PREDICTIONS, RAW))


def move_older_raw(opensearch: Connection) -> int:
    """Move the lines, each to the same day, and return how many. It is safe to repeat.

    A line is deleted only after all were copied. Its `_id` stays, so that a second copy is the same document.

    Raises:
        ServerError: if the engine refuses, or could not copy a line.
    """
    where = f"/{PREDICTIONS.pattern}"
    found: int = opensearch.call("POST", f"{where}/_count?ignore_unavailable=true", json={"query": KEPT_RAW})["count"]
    if not found:
        return 0
    copying = {
        "source": {"index": PREDICTIONS.pattern, "query": KEPT_RAW},
        "dest": {"index": f"{TO}older"},
        "script": {"source": f"ctx._index = '{TO}' + ctx._index.substring({len(FROM)})"},
    }
    copied = opensearch.call("POST", "/_reindex?refresh=true", json=copying)
    if copied["failures"]:
        raise ServerError(f"Lines kept raw by an earlier version could not be moved: {copied['failures'][0]}")
    opensearch.call("POST", f"{where}/_delete_by_query?refresh=true&conflicts=proceed", json={"query": KEPT_RAW})
    return found
