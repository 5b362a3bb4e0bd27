"""A batch that the domain refuses is tried again, kept in the failure bucket, and delivered by `predmon replay`."""

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.local.conftest import Cloud
from tests.local.test_loop import wait_for
from tests.shipping import Reply, Wire, log_events, payload, wire


@pytest.fixture
def denying() -> Iterator[Wire]:
    """A domain that refuses everybody. It answers at once, so no test waits for a time-out."""
    with wire(lambda request: Reply(401, b"Unauthorized", "text/plain")) as served:
        yield served


@contextmanager
def misled(cloud: Cloud, url: str) -> Iterator[None]:
    """Let the shipper deliver to the domain at `url` inside the `with` block."""
    functions, name = cloud.client("lambda"), cloud.outputs["ShipperFunctionName"]
    variables = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    functions.update_function_configuration(
        FunctionName=name, Environment={"Variables": variables | {"OPENSEARCH_URL": url}}
    )
    try:
        yield
    finally:
        functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables})


def kept(cloud: Cloud) -> list[dict[str, Any]]:
    s3, bucket = cloud.client("s3"), cloud.outputs["FailureBucketName"]
    entries = s3.list_objects_v2(Bucket=bucket, Prefix="aws/lambda/async/").get("Contents", ())
    return [json.loads(s3.get_object(Bucket=bucket, Key=entry["Key"])["Body"].read()) for entry in entries]


def test_a_batch_that_fails_three_times_waits_in_the_bucket_until_it_is_replayed(cloud: Cloud, denying: Wire) -> None:
    marker = uuid.uuid4().hex
    line = json.dumps({"text": marker, "prediction": {"label": "acceptable", "score": 0.9}})
    logs, group = cloud.client("logs"), cloud.outputs["LogGroupNames"]
    logs.create_log_stream(logGroupName=group, logStreamName=marker)
    at = int(time.time() * 1000)

    with misled(cloud, denying.url):
        logs.put_log_events(logGroupName=group, logStreamName=marker, logEvents=[{"timestamp": at, "message": line}])
        deadline = time.monotonic() + 60
        while not kept(cloud) and time.monotonic() < deadline:
            time.sleep(0.2)
    (record,) = kept(cloud)
    done = cloud.predmon("replay")

    assert len(denying.requests) == 3
    assert "1 predictions were not delivered" in record["responsePayload"]["errorMessage"]
    assert "objects: delivered 1, left 0, set aside 0" in done.stdout
    assert wait_for(cloud, {"match": {"text": marker}}, seconds=10)["@log_stream"] == marker
    assert kept(cloud) == []


def test_a_person_who_invokes_the_shipper_gets_its_answer(cloud: Cloud) -> None:
    event = payload(log_events(["START"]))

    answer = cloud.client("lambda").invoke(
        FunctionName=cloud.outputs["ShipperFunctionName"], Payload=json.dumps(event).encode()
    )

    assert json.loads(answer["Payload"].read())["ignored"] == 1
