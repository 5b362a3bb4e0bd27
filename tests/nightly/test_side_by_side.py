"""Two deployments in one account, on the emulator. The second is made from what a failed one left, then deleted."""

import json
import time
import uuid
from collections.abc import Callable, Iterator

import pytest

from tests.local.conftest import Cloud
from tests.shipping import log_events, payload

NAME = "reviews"
STACK = f"PredictionMonitoring-{NAME}"
OTHER_ACCOUNT = "210987654321"
GROUPS = {"groups": {"terms": {"field": "@log_group.keyword"}}}
FAILS = {
    "Resources": {
        "Topic": {"Type": "AWS::SNS::Topic"},
        "Import": {
            "Type": "Custom::Import",
            "DependsOn": "Topic",
            "Properties": {"ServiceToken": "arn:aws:lambda:eu-central-1:000000000000:function:none"},
        },
    }
}


@pytest.fixture(scope="module")
def deployed(cloud: Cloud) -> Iterator[str]:
    """What `predmon deploy` said, in an account where the first deployment of that name had failed."""
    cloudformation = cloud.client("cloudformation")
    cloudformation.create_stack(StackName=STACK, TemplateBody=json.dumps(FAILS), EnableTerminationProtection=True)
    until = time.monotonic() + 30
    while (status := state(cloud)) not in ("ROLLBACK_COMPLETE", "CREATE_COMPLETE"):
        assert time.monotonic() < until, status
        time.sleep(0.2)
    assert status == "ROLLBACK_COMPLETE"
    settings = {"profile": "local", "dashboards_url": cloud.env["DASHBOARDS_URL"], "sign_in": "cognito"}
    settings["centralized_logs"] = "true"  # so that it receives what another account logged
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    done = cloud.on_aws("deploy", "--yes", "--name", NAME, *options)
    assert done.returncode == 0, done.stdout + done.stderr
    yield done.stdout
    cloud.on_aws("destroy", "--yes", "--name", NAME)


def state(cloud: Cloud, stack: str = STACK) -> str:
    return cloud.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]


def test_what_a_failed_first_deployment_left_is_deleted_and_the_deployment_goes_on(cloud: Cloud, deployed: str) -> None:
    assert "failed (ROLLBACK_COMPLETE)" in " ".join(deployed.split())
    assert f"Deleted what the failed first deployment of {STACK} left." in " ".join(deployed.split())
    assert state(cloud) == "CREATE_COMPLETE"


def test_two_deployments_share_no_name(cloud: Cloud, deployed: str) -> None:
    assert state(cloud, "PredictionMonitoring").endswith("_COMPLETE")
    domains = {each["DomainName"] for each in cloud.client("opensearch").list_domain_names()["DomainNames"]}
    assert domains == {"mlops-cluster", "reviews-cluster"}
    functions = [each["FunctionName"] for each in cloud.client("lambda").list_functions()["Functions"]]
    halves = [[each for each in functions if each.startswith(f"{STACK}-") == named] for named in (True, False)]
    assert len(halves[0]) == len(halves[1]) > 3


def test_people_are_invited_to_the_second_alone(cloud: Cloud, deployed: str) -> None:
    added = cloud.on_aws("people", "add", "you@example.com", "--name", NAME)
    listed = cloud.on_aws("people", "list", "--name", NAME)

    assert added.returncode == 0, added.stdout + added.stderr
    assert "you@example.com" in listed.stdout
    assert "you@example.com" not in cloud.on_aws("people", "list").stdout


def test_a_prediction_of_the_second_is_searchable_while_the_first_goes_on(cloud: Cloud, deployed: str) -> None:
    marker = uuid.uuid4().hex
    outputs = cloud.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]["Outputs"]
    (name,) = (each["OutputValue"] for each in outputs if each["OutputKey"] == "InferenceFunctionName")

    for function in (name, cloud.outputs["InferenceFunctionName"]):
        cloud.client("lambda").invoke(FunctionName=function, Payload=json.dumps({"sentence": marker}))

    until, found = time.monotonic() + 30, 0
    while found < 2 and time.monotonic() < until:
        time.sleep(0.5)
        found = cloud.search.count(index="cwl-*", body={"query": {"match": {"text": marker}}})["count"]
    assert found == 2


Shippers = dict[str, tuple[str, str]]
"""Deployment → the ARN of its shipper, and the log group that this writes."""


@pytest.fixture(scope="module")
def shippers(cloud: Cloud, deployed: str) -> Shippers:
    found = {}
    for stack in ("PredictionMonitoring", STACK):
        outputs = cloud.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
        (name,) = (each["OutputValue"] for each in outputs if each["OutputKey"] == "ShipperFunctionName")
        function = cloud.client("lambda").get_function_configuration(FunctionName=name)
        found[stack] = (function["FunctionArn"], function["LoggingConfig"]["LogGroup"])
    return found


def itself(cloud: Cloud, shippers: Shippers) -> list[tuple[str, str]]:
    return [(log_group, arn) for arn, log_group in shippers.values()]


def each_other(cloud: Cloud, shippers: Shippers) -> list[tuple[str, str]]:
    (first, its_group), (second, theirs) = shippers.values()
    return [(its_group, second), (theirs, first)]


def everything(cloud: Cloud, shippers: Shippers) -> list[tuple[str, str]]:
    """As an account's filter without anything left out: the emulator has no such policies."""
    groups = cloud.client("logs").describe_log_groups()["logGroups"]
    return [(each["logGroupName"], arn) for each in groups for arn, _ in shippers.values()]


@pytest.mark.parametrize("watch", [itself, each_other, everything])
def test_whatever_is_attached_invocations_end(
    watch: Callable[[Cloud, Shippers], list[tuple[str, str]]], cloud: Cloud, shippers: Shippers
) -> None:
    logs, marker = cloud.client("logs"), uuid.uuid4().hex
    attached = watch(cloud, shippers)
    since = int(time.time() * 1000)
    for number, (log_group, arn) in enumerate(attached):
        logs.put_subscription_filter(
            logGroupName=log_group, filterName=f"loop-{number}", filterPattern="prediction", destinationArn=arn
        )

    try:
        for _ in range(3):
            name = cloud.outputs["InferenceFunctionName"]
            cloud.client("lambda").invoke(FunctionName=name, Payload=json.dumps({"sentence": marker}))
        time.sleep(10)
        first = reported(cloud, shippers, since)
        time.sleep(10)

        assert reported(cloud, shippers, since) == first
        assert sum("own_lines_dropped" in each for each in first) >= 3
        assert len(first) <= 3 * (2 + 2 * len(shippers) ** 2)
    finally:
        for number, (log_group, _) in enumerate(attached):
            logs.delete_subscription_filter(logGroupName=log_group, filterName=f"loop-{number}")


def reported(cloud: Cloud, shippers: Shippers, since: int) -> list[str]:
    """Return the line of each invocation of a shipper."""
    pages = [
        cloud.client("logs").filter_log_events(logGroupName=log_group, startTime=since)["events"]
        for _, log_group in shippers.values()
    ]
    lines = [each["message"] for page in pages for each in page]
    return [each for each in lines if "own_lines_dropped" in each or '"bulk_ms"' in each]


def test_what_a_second_account_sends_arrives_under_its_name_and_its_own_logs_are_dropped(
    cloud: Cloud, shippers: Shippers
) -> None:
    """The first deployment stands for another account. The emulator has no destination to carry its batches."""
    marker, theirs = uuid.uuid4().hex, cloud.outputs["LogGroupNames"]
    sentence = json.dumps({"sentence": marker, "@owner": "123456789012"})
    cloud.client("lambda").invoke(FunctionName=cloud.outputs["InferenceFunctionName"], Payload=sentence)
    (_, written_by_sender), (receiver, _) = shippers.values()

    for group, lines in (
        (theirs, logged(cloud, theirs, marker)),
        (written_by_sender, logged(cloud, written_by_sender, "bulk_ms")),
    ):
        assert lines
        events = log_events(lines, first=len(lines), at=int(time.time() * 1000))
        batch = payload(events, owner=OTHER_ACCOUNT, logGroup=group)
        cloud.client("lambda").invoke(FunctionName=receiver, Payload=json.dumps(batch))

    cloud.search.indices.refresh(index="cwl-*")
    query = {"query": {"match": {"text": marker}}, "sort": [{"@owner.keyword": "desc"}]}
    found = [each["_source"] for each in cloud.search.search(index="cwl-*", body=query)["hits"]["hits"]]
    assert (found[0]["@owner"], found[0]["@log_group"]) == (OTHER_ACCOUNT, f"{OTHER_ACCOUNT}:{theirs}")
    everything = {"query": {"term": {"@owner.keyword": OTHER_ACCOUNT}}, "aggs": GROUPS, "size": 0}
    groups = cloud.search.search(index="cwl-*,raw-*", body=everything)["aggregations"]["groups"]["buckets"]
    assert [each["key"] for each in groups] == [f"{OTHER_ACCOUNT}:{theirs}"]


def logged(cloud: Cloud, log_group: str, marker: str) -> list[str]:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        events = cloud.client("logs").filter_log_events(logGroupName=log_group)["events"]
        if found := [each["message"] for each in events if marker in each["message"]]:
            return found
        time.sleep(0.5)
    return []


def test_deleting_the_second_leaves_the_first(cloud: Cloud, deployed: str) -> None:
    done = cloud.on_aws("destroy", "--yes", "--name", NAME)

    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{STACK} was deleted" in done.stdout
    assert state(cloud, "PredictionMonitoring").endswith("_COMPLETE")
    assert [each["DomainName"] for each in cloud.client("opensearch").list_domain_names()["DomainNames"]] == [
        "mlops-cluster"
    ]
