"""`predmon replay` and `predmon backfill`, as a person runs them, on a local cloud."""

import json
import time
from typing import Any

import pytest

from tests.invoking import Function
from tests.local.conftest import Cloud
from tests.shipping import log_events, payload, prediction

GROUP, STREAM = "/test/old", "app/[1]"


def documents(cloud: Cloud, log_group: str) -> dict[str, dict[str, Any]]:
    cloud.search.indices.refresh(index="cwl-*")
    query = {"size": 10_000, "query": {"term": {"@log_group.keyword": log_group}}}
    return {hit["_id"]: hit["_source"] for hit in cloud.search.search(index="cwl-*", body=query)["hits"]["hits"]}


@pytest.fixture
def failures(cloud: Cloud) -> Function:
    """The shipper's function, which writes records to the failure bucket."""
    return Function("lambda_shipper.handler.handler", {}, cloud.client("s3"), cloud.outputs["FailureBucketName"])


def keys(failures: Function) -> list[str]:
    return [entry["Key"] for entry in failures.s3.list_objects_v2(Bucket=failures.bucket).get("Contents", ())]


def test_replay_lists_then_delivers_and_sets_a_poisonous_object_aside(cloud: Cloud, failures: Function) -> None:
    lines = [*map(prediction, range(500)), "START"]
    failures.keep_record(payload(log_events(lines), logGroup="/test/failed"), {"errorMessage": "down"})
    failures.keep_record({"awslogs": {"data": "????"}}, {"errorMessage": "no batch"})

    listed = cloud.predmon("replay", "--dry-run")
    assert listed.returncode == 0, listed.stderr
    assert "2 objects would be delivered" in listed.stdout
    assert documents(cloud, "/test/failed") == {}

    first = cloud.predmon("replay")
    assert first.returncode == 1, "one object is no batch, and stays"
    assert "objects: delivered 1, left 1, set aside 0" in first.stdout
    assert "events: indexed 500, ignored 1, kept raw 0, failed 0" in first.stdout
    assert len(documents(cloud, "/test/failed")) == 500

    for _ in range(4):
        last = cloud.predmon("replay")
    assert "set aside 1" in last.stdout
    assert last.returncode == 0, last.stderr
    [key] = keys(failures)
    assert key.startswith("set-aside/aws/lambda/async/")
    failures.s3.delete_object(Bucket=failures.bucket, Key=key)


def test_replay_leaves_out_what_is_older(cloud: Cloud, failures: Function) -> None:
    done = cloud.predmon("replay", "--since", "2999-01-01")

    assert done.returncode == 0, done.stderr
    assert "objects: delivered 0, left 0, set aside 0" in done.stdout


def test_moment_that_is_none_is_refused_with_what_to_write(cloud: Cloud) -> None:
    done = cloud.predmon("replay", "--since", "yesterday")

    assert done.returncode == 2
    assert "an age such as 7d" in done.stderr


def test_backfill_indexes_an_old_log_group_once_and_goes_on_where_it_was(cloud: Cloud) -> None:
    logs = cloud.client("logs")
    logs.create_log_group(logGroupName=GROUP)
    logs.create_log_stream(logGroupName=GROUP, logStreamName=STREAM)
    now = int(time.time() * 1000)
    for hour in range(1, 40, 3):
        events = [
            {"timestamp": now - hour * 3_600_000 + number, "message": prediction(hour * 1000 + number)}
            for number in range(100)
        ]
        events.append({"timestamp": now - hour * 3_600_000 + 100, "message": "the prediction model is loaded"})
        logs.put_log_events(logGroupName=GROUP, logStreamName=STREAM, logEvents=events)

    part = cloud.predmon("backfill", "--log-group", GROUP, "--since", "11h")
    assert part.returncode == 0, part.stderr
    assert "events: indexed 400, ignored 4, kept raw 0, failed 0" in part.stdout
    whole = cloud.predmon("backfill", "--log-group", GROUP, "--since", "2d", "--parallel", "8")
    assert whole.returncode == 0, whole.stderr

    counted = int(whole.stdout.split("indexed ")[1].split(",")[0])
    assert counted in (900, 1000), "hours that are done are not read again"
    found = documents(cloud, GROUP)
    assert len(found) == 1300
    assert len({document["text"] for document in found.values()}) == 1300
    assert {document["@log_stream"] for document in found.values()} == {STREAM}
    again = cloud.predmon("backfill", "--log-group", GROUP, "--since", "2d", "--again")
    assert "indexed 1300" in again.stdout
    assert documents(cloud, GROUP) == found


def test_backfill_changes_nothing_that_the_subscription_delivered(cloud: Cloud) -> None:
    logs, group = cloud.client("logs"), "/test/delivered"
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName=STREAM)
    now = int(time.time() * 1000)
    lines = [{"timestamp": now - 60_000 + number, "message": prediction(number)} for number in range(50)]
    logs.put_log_events(logGroupName=group, logStreamName=STREAM, logEvents=lines)
    # What the subscription delivers on AWS: the same ids. The emulator's own fan-out makes up others.
    events = [
        {"id": event["eventId"], "timestamp": event["timestamp"], "message": event["message"]}
        for event in logs.filter_log_events(logGroupName=group)["events"]
    ]
    batch = payload(events, owner="000000000000", logGroup=group, logStream=STREAM)
    cloud.client("lambda").invoke(
        FunctionName=cloud.outputs["ShipperFunctionName"], InvocationType="Event", Payload=json.dumps(batch).encode()
    )
    until = time.monotonic() + 60
    while len(before := documents(cloud, group)) < 50:
        assert time.monotonic() < until, f"only {len(before)} of 50 arrived"
        time.sleep(0.2)

    done = cloud.predmon("backfill", "--log-group", group, "--since", "30m")

    assert done.returncode == 0, done.stderr
    assert "indexed 50" in done.stdout
    assert documents(cloud, group) == before


def test_backfill_refuses_a_local_group_whose_events_the_emulator_would_double(cloud: Cloud) -> None:
    done = cloud.predmon("backfill")

    assert done.returncode == 1
    assert "they would be stored twice" in done.stderr.replace("\n", " ")


def test_backfill_of_a_log_group_that_does_not_exist_says_what_to_write(cloud: Cloud) -> None:
    done = cloud.predmon("backfill", "--log-group", "/no/such/group")

    assert done.returncode == 1
    assert "There is no log group /no/such/group. Name one that exists" in done.stderr.replace("\n", " ")


def test_scheduled_replay_drains_the_bucket(cloud: Cloud, failures: Function) -> None:
    failures.keep_record(payload(log_events([prediction(1)]), logGroup="/test/scheduled"), {"errorMessage": "down"})
    client = cloud.client("lambda")
    [name] = [
        each["FunctionName"]
        for each in client.list_functions()["Functions"]
        if each["Description"].startswith("Delivers again")
    ]

    answer = client.invoke(FunctionName=name, Payload=b"{}")

    assert json.loads(answer["Payload"].read())["replay_delivered"] == 1
    assert keys(failures) == []
    assert len(documents(cloud, "/test/scheduled")) == 1
