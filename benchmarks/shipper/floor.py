"""The floor: base64, gzip, orjson in, orjson out, one POST, and nothing that makes sending safe.

It writes the same documents as the shipper, but it takes every line for a prediction. It leaves the date as a number
and the index fixed. It knows no prefix, envelope, chunk, limit, retry or count, and derives nothing. It asks for the
shortest possible answer and does not read it.

There are three floors. `joined` collects the dumps in a list, which is the first way that people write it. `buffered`
writes them into one buffer, which is the fastest way known. `bare` is `buffered` without metadata, so its documents are
of no use.
"""

import base64
import gzip
import http.client
import os
from typing import Any
from urllib.parse import urlsplit

import orjson

URL = urlsplit(os.environ.get("OPENSEARCH_URL", "http://127.0.0.1:9200"))
NEWLINE = orjson.OPT_APPEND_NEWLINE
connection = http.client.HTTPConnection(URL.hostname or "", URL.port)


def joined(event: dict, context: object) -> None:
    """Collect the dumps in a list and join them."""
    batch = unpack(event)
    lines = []
    for log_event in batch["logEvents"]:
        lines.append(orjson.dumps({"index": {"_index": "cwl-floor", "_id": log_event["id"]}}))
        lines.append(orjson.dumps(document(batch, log_event)))
    lines.append(b"")
    post(b"\n".join(lines))


def buffered(event: dict, context: object) -> None:
    """Write the dumps into one buffer."""
    batch = unpack(event)
    body = bytearray()
    for log_event in batch["logEvents"]:
        body += orjson.dumps({"index": {"_index": "cwl-floor", "_id": log_event["id"]}}, None, NEWLINE)
        body += orjson.dumps(document(batch, log_event), None, NEWLINE)
    post(body)


def bare(event: dict, context: object) -> None:
    """Write only the parsed lines into one buffer."""
    body = bytearray()
    for log_event in unpack(event)["logEvents"]:
        body += b'{"index":{"_index":"cwl-floor"}}\n'
        body += orjson.dumps(orjson.loads(log_event["message"]), None, NEWLINE)
    post(body)


def unpack(event: dict) -> dict[str, Any]:
    """Decode the payload."""
    return orjson.loads(gzip.decompress(base64.b64decode(event["awslogs"]["data"])))


def document(batch: dict[str, Any], log_event: dict[str, Any]) -> dict[str, Any]:
    """Parse the line and add the metadata."""
    logged = orjson.loads(log_event["message"])
    logged["@id"] = log_event["id"]
    logged["@timestamp"] = log_event["timestamp"]
    logged["@message"] = log_event["message"]
    logged["@owner"] = batch["owner"]
    logged["@log_group"] = batch["logGroup"]
    logged["@log_stream"] = batch["logStream"]
    return logged


def post(body: bytes | bytearray) -> None:
    """Send the body and ignore the answer."""
    connection.request("POST", "/_bulk?filter_path=errors", body, {"Content-Type": "application/x-ndjson"})
    connection.getresponse().read()
