"""Lines kept raw lie in two places: in indices of their own, and in those of days before there were any."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opensearchpy import OpenSearch

from monitors.drift.windows.counting import count_ahead, count_hours, count_lines
from monitors.drift.windows.searching import IS_RAW
from monitors.reporting.periods import Group, Period

START = datetime(2026, 5, 8, 12, tzinfo=UTC)
HOUR = Period(START, START + timedelta(hours=1))
IN_OWN_INDICES, AMONG_PREDICTIONS, INDEXED = 3, 5, 100


@pytest.fixture
def search() -> Iterator[OpenSearch]:
    """Return a client of a server that counts differently in the two places."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            asks_for_raw_lines = IS_RAW in body["query"]["bool"]["filter"]
            among_predictions = AMONG_PREDICTIONS if asks_for_raw_lines else INDEXED
            count = IN_OWN_INDICES if "raw" in self.path else among_predictions
            bucket = {"key": START.timestamp() * 1000, "doc_count": count}
            inner = {"answered": {"doc_count": INDEXED}, "failed": {"doc_count": 0}}
            buckets = [bucket | inner] if "aggs" in str(body.get("aggs", {}).get("hours", {})) else [bucket]
            answer = {"hits": {"total": {"value": count}}, "aggregations": {"hours": {"buckets": buckets}}}
            data = json.dumps(answer | {"timed_out": False, "_shards": {"failed": 0}}).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield OpenSearch(f"http://127.0.0.1:{server.server_port}")
        server.shutdown()


def test_raw_lines_are_counted_in_both_places(search: OpenSearch) -> None:
    assert count_lines(search, "/aws/lambda/m", HOUR) == (INDEXED, IN_OWN_INDICES + AMONG_PREDICTIONS)


def test_raw_lines_of_an_hour_are_counted_in_both_places(search: OpenSearch) -> None:
    windows = count_hours(search, Group("/aws/lambda/m", "1"), HOUR, ())

    assert windows[START].signals["kept_raw"].counts[1] == IN_OWN_INDICES + AMONG_PREDICTIONS


def test_lines_of_a_wrong_clock_are_counted_in_both_places(search: OpenSearch) -> None:
    assert count_ahead(search, "/aws/lambda/m", HOUR.end) == INDEXED + IN_OWN_INDICES
