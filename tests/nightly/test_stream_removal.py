"""A deployment goes from the stream to direct delivery while the stream holds records that nobody has read."""

import base64
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from lambda_shipper.draining.markers import MARK
from tests.local.conftest import Cloud
from tests.shipping import log_events, payload, prediction

NAME = "stream"
STACK = f"PredictionMonitoring-{NAME}"
RECORDS = 20


def deploy(cloud: Cloud, transport: str) -> str:
    settings = {"profile": "local", "dashboards_url": cloud.env["DASHBOARDS_URL"], "transport": transport}
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    done = cloud.on_aws("deploy", "--yes", "--name", NAME, *options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def resources(cloud: Cloud) -> dict[str, str]:
    found = cloud.client("cloudformation").describe_stack_resources(StackName=STACK)["StackResources"]
    return {each["ResourceType"]: each["PhysicalResourceId"] for each in found}


def fill(cloud: Cloud, stream: str, marker: str) -> None:
    for number in range(RECORDS):
        events = log_events([prediction(number, request_id=marker)], first=number, at=int(time.time() * 1000))
        data: Any = base64.b64decode(payload(events, logStream=str(number))["awslogs"]["data"])
        cloud.client("kinesis").put_record(StreamName=stream, Data=data, PartitionKey=str(number))


def test_no_unread_record_is_lost_when_the_stream_is_removed(cloud: Cloud) -> None:
    marker = uuid.uuid4().hex
    deploy(cloud, "kinesis")
    made = resources(cloud)
    mapping = made["AWS::Lambda::EventSourceMapping"]
    cloud.client("lambda").update_event_source_mapping(UUID=mapping, Enabled=False)
    fill(cloud, made["AWS::Kinesis::Stream"], marker)

    with ThreadPoolExecutor() as pool:
        change = pool.submit(deploy, cloud, "direct")
        until = time.monotonic() + 300
        while not (marked := has_markers(cloud, made["AWS::Kinesis::Stream"])) and time.monotonic() < until:
            time.sleep(2)
        waited = not change.done() and count(cloud, marker) == 0
        cloud.client("lambda").update_event_source_mapping(UUID=mapping, Enabled=True)
        change.result()

    try:
        assert marked and waited
        assert not {"AWS::Kinesis::Stream", "AWS::Lambda::EventSourceMapping"} & set(resources(cloud))
        assert count(cloud, marker) == RECORDS
    finally:
        cloud.on_aws("destroy", "--yes", "--name", NAME)


def count(cloud: Cloud, marker: str) -> int:
    cloud.search.indices.refresh(index="cwl-*")
    found: int = cloud.search.count(index="cwl-*", body={"query": {"match": {"request_id": marker}}})["count"]
    return found


def has_markers(cloud: Cloud, stream: str) -> bool:
    """Tell whether the deployment waits for the stream's end."""
    client = cloud.client("kinesis")
    for shard in client.list_shards(StreamName=stream)["Shards"]:
        asked = {"StreamName": stream, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
        records = client.get_records(ShardIterator=client.get_shard_iterator(**asked)["ShardIterator"])["Records"]
        if any(each["Data"].startswith(MARK) for each in records):
            return True
    return False
