"""Two deployments in one account, on the emulator. The second is made from what a failed one left, then deleted."""

import json
import time
import uuid
from collections.abc import Iterator

import pytest

from tests.local.conftest import Cloud

NAME = "reviews"
STACK = f"PredictionMonitoring-{NAME}"
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


def test_deleting_the_second_leaves_the_first(cloud: Cloud, deployed: str) -> None:
    done = cloud.on_aws("destroy", "--yes", "--name", NAME)

    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{STACK} was deleted" in done.stdout
    assert state(cloud, "PredictionMonitoring").endswith("_COMPLETE")
    assert [each["DomainName"] for each in cloud.client("opensearch").list_domain_names()["DomainNames"]] == [
        "mlops-cluster"
    ]
