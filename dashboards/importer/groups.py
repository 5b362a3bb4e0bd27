"""Custom resource: people who sign in with Cognito get the IAM role of their group, and without a group they get none.

Which role a person gets is a setting of the identity pool. It names the app client by which the person signed in, and
the search service makes that client itself, after the domain. So this waits for the client, a bounded time, and then
writes the setting. What somebody else wrote into it for other clients stays. Deleting the resource deletes nothing.
"""

import time
from collections.abc import Mapping
from typing import Any

from contracts.errors import UserError

CLIENT_NAMES = ("AmazonOpenSearch", "AWSElasticsearch")
"""How the names of the app clients begin that the search service makes. A client made by hand is not taken for one."""
PAUSE_SECONDS = 5.0
PAGE = 60
PHYSICAL_ID = "groups"


class AppClientError(UserError):
    """The search service has made no app client in time."""


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one event of the CDK Provider framework with ``PhysicalResourceId``."""
    if event["RequestType"] == "Delete":
        return {"PhysicalResourceId": event["PhysicalResourceId"]}
    import boto3

    properties = event["ResourceProperties"]
    until = time.monotonic() + int(properties["WaitSeconds"])
    clients = wait_for_app_clients(
        boto3.client("cognito-idp"), properties["UserPoolId"], properties["DomainName"], until=until
    )
    map_groups(boto3.client("cognito-identity"), properties, clients)
    return {"PhysicalResourceId": PHYSICAL_ID}


def wait_for_app_clients(cognito: Any, user_pool: str, domain: str, *, until: float) -> list[str]:
    """Return the ids of the search service's app clients. Raise AppClientError past `until` (monotonic clock)."""
    started = time.monotonic()
    while not (found := _app_clients(cognito, user_pool)):
        if time.monotonic() + PAUSE_SECONDS > until:
            raise AppClientError(
                f"The search service made no app client in the user pool {user_pool} within "
                f"{time.monotonic() - started:.0f} seconds, so nobody could sign in. Look whether Cognito "
                f"authentication is on: aws opensearch describe-domain --domain-name {domain} "
                "--query DomainStatus.CognitoOptions. Then deploy again."
            )
        time.sleep(PAUSE_SECONDS)
    return found


def map_groups(identities: Any, properties: Mapping[str, Any], clients: list[str]) -> None:
    """Let the token of each of `clients` choose the role; a token that names none, or two, gets no role at all."""
    pool = properties["IdentityPoolId"]
    current = identities.get_identity_pool_roles(IdentityPoolId=pool)
    had_roles, had = current.get("Roles", {}), current.get("RoleMappings", {})
    issuer = _issuer(identities.meta.region_name, identities.meta.partition, properties["UserPoolId"])
    ours = {f"{issuer}:{client}": {"Type": "Token", "AmbiguousRoleResolution": "Deny"} for client in clients}
    # Without this role the pool would give nobody a role; with it alone, whoever signs in.
    roles, mappings = had_roles | {"authenticated": properties["AuthenticatedRoleArn"]}, had | ours
    if (roles, mappings) != (had_roles, had):
        identities.set_identity_pool_roles(IdentityPoolId=pool, Roles=roles, RoleMappings=mappings)


def _app_clients(cognito: Any, user_pool: str) -> list[str]:
    pages = cognito.get_paginator("list_user_pool_clients").paginate(
        UserPoolId=user_pool, PaginationConfig={"PageSize": PAGE}
    )
    return [
        each["ClientId"]
        for page in pages
        for each in page["UserPoolClients"]
        if each["ClientName"].startswith(CLIENT_NAMES)
    ]


def _issuer(region: str, partition: str, user_pool: str) -> str:
    suffix = "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com"
    return f"cognito-idp.{region}.{suffix}/{user_pool}"
