"""The shipper that most tutorials show: boto3's session, requests-aws4auth, `helpers.bulk`, the standard json.

It signs, as a tutorial's does, and logs nothing. Locally its connection is plain HTTP.
"""

import base64
import gzip
import json
import os
from datetime import UTC, datetime
from urllib.parse import urlsplit

import boto3
from opensearchpy import OpenSearch, RequestsHttpConnection, helpers
from requests_aws4auth import AWS4Auth

URL = urlsplit(os.environ.get("OPENSEARCH_URL", "http://127.0.0.1:9200"))
REGION = os.environ.get("AWS_REGION", "eu-central-1")
credentials = boto3.Session().get_credentials()
auth = AWS4Auth(credentials.access_key, credentials.secret_key, REGION, "es", session_token=credentials.token)
client = OpenSearch(
    hosts=[{"host": URL.hostname, "port": URL.port}],
    http_auth=auth,
    use_ssl=URL.scheme == "https",
    verify_certs=True,
    connection_class=RequestsHttpConnection,
)


def handler(event: dict, context: object) -> None:
    """Index one batch."""
    batch = json.loads(gzip.decompress(base64.b64decode(event["awslogs"]["data"])))
    actions = []
    for log_event in batch["logEvents"]:
        document = json.loads(log_event["message"])
        if "prediction" not in document:
            continue
        moment = datetime.fromtimestamp(log_event["timestamp"] / 1000, UTC)
        document["@id"] = log_event["id"]
        document["@timestamp"] = moment.isoformat()
        document["@message"] = log_event["message"]
        document["@owner"] = batch["owner"]
        document["@log_group"] = batch["logGroup"]
        document["@log_stream"] = batch["logStream"]
        actions.append({"_index": moment.strftime("cwl-%Y.%m.%d"), "_id": log_event["id"], "_source": document})
    helpers.bulk(client, actions)
