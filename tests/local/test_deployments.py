"""One deployment on the local cloud: small, then with a log group, then as in production with Kinesis, then deleted."""

import gzip
import json
import os
import re
import subprocess
import time
import uuid
from collections.abc import Iterator
from typing import Any

import botocore.exceptions
import pytest

from tests.local.conftest import PREDMON, ROOT, Cloud, predmon

REVIEWS = "/aws/lambda/reviews"
PRODUCTION_LIKE = {
    "instance_type": "r7g.large.search",
    "data_nodes": "3",
    "zones": "3",
    "manager_nodes": "3",
    "volume_gib": "100",
    "shipper_concurrency": "20",
    "log_retention_days": "90",
    "transport": "kinesis",
    "alarms": "true",
    "alarm_email": "oncall@example.com",
    "alarm_silence_hours": "24",
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """A cloud only for this module, with the stack as in the tutorial."""
    home = tmp_path_factory.mktemp("deployments")
    try:
        done = predmon(home, "up")
        assert done.returncode == 0, done.stdout + done.stderr
        yield Cloud(home, done.stdout)
    finally:
        predmon(home, "down", "--remove-data")


def local_settings(cloud: Cloud, **more: str) -> list[str]:
    settings = {"profile": "local", "dashboards_url": cloud.env["DASHBOARDS_URL"], **more}
    return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]


@pytest.fixture(scope="module")
def updated(small: Cloud) -> str:
    """Make the small stack one like production with `predmon deploy`, and return what was printed."""
    done = small.on_aws("deploy", "--yes", *local_settings(small, **PRODUCTION_LIKE))
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def put(cloud: Cloud, message: str) -> None:
    """Write to the stream what the subscription filter would: the emulator stores such a filter but does not run it."""
    kinesis = cloud.client("kinesis")
    batch = {
        "messageType": "DATA_MESSAGE",
        "owner": "000000000000",
        "logGroup": "/aws/lambda/inference",
        "logStream": "a stream",
        "subscriptionFilters": ["predictions"],
        "logEvents": [{"id": uuid.uuid4().hex, "timestamp": int(time.time() * 1000), "message": message}],
    }
    (stream,) = kinesis.list_streams()["StreamNames"]
    kinesis.put_record(StreamName=stream, PartitionKey="a stream", Data=gzip.compress(json.dumps(batch).encode()))


def found(cloud: Cloud, query: dict[str, Any]) -> dict[str, Any]:
    """Wait for the only document that `query` finds, and return it."""
    hits: list[dict[str, Any]] = []
    deadline = time.monotonic() + 60
    while not hits and time.monotonic() < deadline:
        time.sleep(0.2)
        hits = cloud.search.search(index="cwl-*", body={"query": query})["hits"]["hits"]
    (hit,) = hits
    return hit["_source"]


@pytest.fixture(scope="module")
def attached(small: Cloud) -> str:
    """Attach a log group that does not exist yet, with the commands of docs/attach.md, and return what was printed."""
    page = (ROOT / "docs/attach.md").read_text()
    (block,) = [each for each in re.findall(r"^```sh\n(.*?)^```", page, re.MULTILINE | re.DOTALL) if "<<'END'" in each]
    bin_first = os.pathsep.join([str(PREDMON.parent), os.environ["PATH"]])
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "DASHBOARDS_"))}
    done = subprocess.run(
        ["bash", "-e", "-c", block.replace(".local/env", str(small.home / "env"))],
        cwd=ROOT,
        env=environ | {"PREDMON_HOME": str(small.home), "PATH": bin_first},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stderr


def test_a_missing_log_group_is_made_and_said(small: Cloud, attached: str) -> None:
    (only,) = small.client("logs").describe_subscription_filters(logGroupName=REVIEWS)["subscriptionFilters"]

    assert f"Creating the log group {REVIEWS}, which does not exist here yet" in " ".join(attached.split())
    assert only["filterPattern"] == "prediction"


def test_a_line_in_the_attached_group_is_searchable(small: Cloud, attached: str) -> None:
    assert found(small, {"term": {"@log_group.keyword": REVIEWS}})["text"] == "Lovely."


def test_a_plain_up_uses_the_settings_of_the_last_one_until_they_are_reset(small: Cloud, attached: str) -> None:
    again = small.predmon("up")

    said = " ".join(again.stderr.split())
    assert f"With the settings of the last up: -c log_groups={REVIEWS}. To forget them: predmon up --reset" in said
    assert small.client("logs").describe_subscription_filters(logGroupName=REVIEWS)["subscriptionFilters"] != []

    assert "With the settings" not in small.predmon("up", "--reset").stderr
    assert small.client("logs").describe_subscription_filters(logGroupName=REVIEWS)["subscriptionFilters"] == []


def test_deploy_checks_says_the_cost_and_ends_with_the_permalink(small: Cloud, attached: str, updated: str) -> None:
    assert "Credentials: account 000000000000" in updated
    assert "PredictionMonitoring is UPDATE_COMPLETE and will be updated" in updated
    assert "3 x r7g.large.search at $0.178/h" in updated
    assert f"The dashboard: {small.outputs['DashboardUrl']}" in updated


def test_the_update_changed_the_domain_and_kept_its_name(small: Cloud, updated: str) -> None:
    domain = small.client("opensearch").describe_domain(DomainName="mlops-cluster")["DomainStatus"]

    assert domain["ClusterConfig"]["InstanceType"] == "r7g.large.search"
    assert domain["ClusterConfig"]["InstanceCount"] == 3


def test_the_filter_now_feeds_the_stream(small: Cloud, updated: str) -> None:
    group = small.outputs["LogGroupNames"]

    (only,) = small.client("logs").describe_subscription_filters(logGroupName=group)["subscriptionFilters"]

    assert ":kinesis:" in only["destinationArn"]
    assert only["filterPattern"] == "prediction"


def test_a_prediction_through_the_stream_is_searchable(small: Cloud, updated: str) -> None:
    marker = uuid.uuid4().hex

    put(small, json.dumps({"text": marker, "prediction": {"label": "acceptable", "score": 0.9}}))

    assert found(small, {"match": {"text": marker}})["@log_stream"] == "a stream"


def test_the_alarms_are_there_and_someone_is_told(small: Cloud, updated: str) -> None:
    alarms = small.client("cloudwatch").describe_alarms()["MetricAlarms"]
    (subscription,) = small.client("sns").list_subscriptions()["Subscriptions"]

    assert len(alarms) > 10
    assert {action for alarm in alarms for action in alarm["AlarmActions"]} == {subscription["TopicArn"]}
    assert subscription["Endpoint"] == "oncall@example.com"


def test_a_destroyed_stack_leaves_nothing_but_the_group_that_is_not_its_own(
    small: Cloud, attached: str, updated: str
) -> None:
    done = small.on_aws("destroy", "--yes")

    assert done.returncode == 0, done.stdout + done.stderr
    with pytest.raises(botocore.exceptions.ClientError, match="does not exist"):
        small.client("cloudformation").describe_stacks(StackName="PredictionMonitoring")
    assert small.client("lambda").list_functions()["Functions"] == []
    assert small.client("kinesis").list_streams()["StreamNames"] == []
    assert small.client("opensearch").list_domain_names()["DomainNames"] == []
    assert small.client("cloudwatch").describe_alarms()["MetricAlarms"] == []
    assert [each["logGroupName"] for each in small.client("logs").describe_log_groups()["logGroups"]] == [REVIEWS]
