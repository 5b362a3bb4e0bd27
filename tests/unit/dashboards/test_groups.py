"""Each group of people gets its role: the wait for the search service's app client, and a mapping that is merged."""

import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from dashboards.importer import groups
from dashboards.importer.groups import AppClientError, handler, map_groups, wait_for_app_clients

REGION = "eu-central-1"
ROLE = "arn:aws:iam::123456789012:role/everyone"
TOKEN = {"Type": "Token", "AmbiguousRoleResolution": "Deny"}
SERVICES_OWN = "AmazonOpenSearchService-mlops-cluster-eu-central-1-abc"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A user pool and an identity pool as a deployment leaves them: a client of each, and the event's properties."""
    for name, value in {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_DEFAULT_REGION": REGION}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setattr(groups, "PAUSE_SECONDS", 0.01)
    with mock_aws():
        cognito, identities = boto3.client("cognito-idp"), boto3.client("cognito-identity")
        properties = {
            "UserPoolId": cognito.create_user_pool(PoolName="people")["UserPool"]["Id"],
            "IdentityPoolId": identities.create_identity_pool(
                IdentityPoolName="people", AllowUnauthenticatedIdentities=False
            )["IdentityPoolId"],
            "AuthenticatedRoleArn": ROLE,
            "DomainName": "mlops-cluster",
            "WaitSeconds": "0",
        }
        yield cognito, identities, properties


def make_client(cognito: Any, user_pool: str, name: str = SERVICES_OWN) -> str:
    return cognito.create_user_pool_client(UserPoolId=user_pool, ClientName=name)["UserPoolClient"]["ClientId"]


class Identities:
    """An identity pool that remembers what was written, since moto forgets role mappings."""

    meta = boto3.Session("a", "b", region_name=REGION).client("cognito-identity").meta

    def __init__(self, **current: Any) -> None:
        self.current = {"IdentityPoolId": "pool", **current}
        self.written = 0

    def get_identity_pool_roles(self, IdentityPoolId: str) -> dict[str, Any]:  # noqa: N803 - boto's name
        return self.current

    def set_identity_pool_roles(self, **roles: Any) -> None:
        self.current = roles
        self.written += 1


def test_the_client_of_the_service_is_found_among_others(aws: Any) -> None:
    cognito, _, properties = aws
    for number in range(70):
        make_client(cognito, properties["UserPoolId"], f"by hand {number}")
    ours = make_client(cognito, properties["UserPoolId"])

    found = wait_for_app_clients(cognito, properties["UserPoolId"], "mlops-cluster", until=time.monotonic())

    assert found == [ours]


def test_a_client_that_comes_late_is_waited_for(aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    cognito, _, properties = aws
    monkeypatch.setattr(groups.time, "sleep", lambda _: make_client(cognito, properties["UserPoolId"]))

    found = wait_for_app_clients(cognito, properties["UserPoolId"], "mlops-cluster", until=time.monotonic() + 60)

    assert len(found) == 1


def test_the_wait_ends_with_what_is_missing_and_what_to_do(aws: Any) -> None:
    cognito, _, properties = aws
    make_client(cognito, properties["UserPoolId"], "by hand")

    with pytest.raises(AppClientError) as error:
        handler({"RequestType": "Create", "ResourceProperties": properties}, None)

    assert f"no app client in the user pool {properties['UserPoolId']}" in str(error.value)
    assert "aws opensearch describe-domain --domain-name mlops-cluster" in str(error.value)


def test_the_token_of_the_services_client_chooses_the_role_and_nobody_else_gets_one() -> None:
    identities = Identities()

    map_groups(identities, {"UserPoolId": "p", "IdentityPoolId": "i", "AuthenticatedRoleArn": ROLE}, ["c"])

    assert identities.current["Roles"] == {"authenticated": ROLE}
    assert identities.current["RoleMappings"] == {f"cognito-idp.{REGION}.amazonaws.com/p:c": TOKEN}


def test_a_mapping_made_by_hand_survives_and_the_same_again_writes_nothing() -> None:
    theirs = {"accounts.example.com": {"Type": "Token", "AmbiguousRoleResolution": "AuthenticatedRole"}}
    identities = Identities(Roles={"unauthenticated": "arn:of-somebody"}, RoleMappings=theirs)
    properties = {"UserPoolId": "p", "IdentityPoolId": "i", "AuthenticatedRoleArn": ROLE}

    for _ in range(2):
        map_groups(identities, properties, ["c"])

    assert identities.current["RoleMappings"] == {**theirs, f"cognito-idp.{REGION}.amazonaws.com/p:c": TOKEN}
    assert identities.current["Roles"] == {"unauthenticated": "arn:of-somebody", "authenticated": ROLE}
    assert identities.written == 1


def test_deleting_it_deletes_nothing(aws: Any) -> None:
    _, _, properties = aws
    event = {"RequestType": "Delete", "PhysicalResourceId": "groups", "ResourceProperties": properties}

    assert handler(event, None) == {"PhysicalResourceId": "groups"}
