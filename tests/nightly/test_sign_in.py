"""Groups of people in the emulator's Cognito, which makes no app client of the search service: the tests make it."""

import shlex
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from predmon.tools import cdk
from tests.local.conftest import ROOT, Cloud

CLIENT = "AmazonOpenSearchService-mlops-cluster-eu-central-1-abc"


@pytest.fixture(scope="module")
def outputs(cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Deploy a user pool, groups and their mapping. While the mapping waits, make the client that it waits for."""
    made = threading.Thread(target=make_client, args=(cloud,), daemon=True)
    made.start()
    app = shlex.join([sys.executable, "-m", "tests.nightly.sign_in_app"])
    folder = tmp_path_factory.mktemp("sign-in")
    run("deploy", "SignIn", "--require-approval", "never", "--output", str(folder), cloud=cloud, app=app)
    made.join(1)
    stack = cloud.client("cloudformation").describe_stacks(StackName="SignIn")["Stacks"][0]
    yield {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}
    cloud.client("cloudformation").delete_stack(StackName="SignIn")


def run(*words: str, cloud: Cloud, app: str) -> None:
    command = cdk.command(*words, app=app)
    done = subprocess.run(
        command, cwd=ROOT, env=cloud.as_aws | cdk.variables(), capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr


def make_client(cloud: Cloud) -> None:
    cognito = cloud.client("cognito-idp")
    until = time.monotonic() + 240
    while time.monotonic() < until:
        if pools := cognito.list_user_pools(MaxResults=10)["UserPools"]:
            cognito.create_user_pool_client(UserPoolId=pools[0]["Id"], ClientName=CLIENT)
            return
        time.sleep(0.5)


def test_each_person_gets_the_role_of_their_group_and_nobody_without_a_group_gets_one(
    cloud: Cloud, outputs: dict[str, str]
) -> None:
    clients = cloud.client("cognito-idp").list_user_pool_clients(UserPoolId=outputs["UserPool"])["UserPoolClients"]
    (client,) = [each["ClientId"] for each in clients if each["ClientName"] == CLIENT]

    roles = cloud.client("cognito-identity").get_identity_pool_roles(IdentityPoolId=outputs["IdentityPool"])

    provider = f"cognito-idp.eu-central-1.amazonaws.com/{outputs['UserPool']}:{client}"
    assert roles["RoleMappings"][provider] == {"Type": "Token", "AmbiguousRoleResolution": "Deny"}


def test_the_groups_carry_roles_of_their_own(cloud: Cloud, outputs: dict[str, str]) -> None:
    groups = cloud.client("cognito-idp").list_groups(UserPoolId=outputs["UserPool"])["Groups"]

    assert {each["GroupName"] for each in groups} == {"viewers", "editors"}
    assert len({each["RoleArn"] for each in groups}) == 2
