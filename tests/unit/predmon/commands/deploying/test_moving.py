"""A deployment never moves the domain that is there: it stops first, and names the settings that keep it."""

from collections.abc import Mapping
from typing import Any

import boto3
import pytest
from click.testing import CliRunner

from predmon.commands.deploying import deploy as module
from predmon.commands.deploying.deploy import deploy
from predmon.commands.deploying.moving import DeployedDomain, changes, find_domain, refuse_to_move
from predmon.errors import UserError
from stacks.settings import Settings
from tests.unit.predmon.commands.conftest import Server

OWN_VPC, THEIR_VPC = "vpc-0123456789abcdef0", "vpc-11111111111111111"
SUBNETS = ("subnet-0123456789abcdef0", "subnet-0123456789abcdef1", "subnet-0123456789abcdef2")
PUBLIC = DeployedDomain(name="mlops-cluster", sign_in="address", fine_grained_access=False)
COGNITO = DeployedDomain(name="mlops-cluster", sign_in="cognito", fine_grained_access=True)
BEFORE = DeployedDomain(
    name="mlops-cluster",
    sign_in="password",
    fine_grained_access=True,
    vpc_id=OWN_VPC,
    subnet_ids=SUBNETS,
    makes_vpc=True,
)
"""What `production` deployed before it had Cognito."""
COMPANYS = DeployedDomain(
    name="mlops-cluster", sign_in="password", fine_grained_access=True, vpc_id=THEIR_VPC, subnet_ids=SUBNETS
)
PRODUCTION = {"profile": "production"}
RESOURCE = (
    "<member><LogicalResourceId>a</LogicalResourceId><ResourceType>{}</ResourceType>"
    "<PhysicalResourceId>{}</PhysicalResourceId></member>"
)


def kept(deployed: DeployedDomain, given: Mapping[str, Any]) -> list[str]:
    """The settings that the refusal names; empty where the deployment may go on."""
    found = changes(Settings.from_context(given), given, deployed)
    return list(dict.fromkeys(each for _, settings in found for each in settings))


@pytest.mark.parametrize(
    ("deployed", "given", "names"),
    [
        (BEFORE, PRODUCTION, ["vpc=new", "sign_in=password"]),
        (BEFORE, {**PRODUCTION, "sign_in": "cognito"}, ["vpc=new", "sign_in=password"]),
        (COMPANYS, PRODUCTION, [f"vpc={THEIR_VPC}", f"subnet_ids={','.join(SUBNETS)}", "sign_in=password"]),
        (COMPANYS, {**PRODUCTION, "vpc": "new"}, [f"vpc={THEIR_VPC}", f"subnet_ids={','.join(SUBNETS)}",
                                                  "sign_in=password"]),
        (PUBLIC, {"vpc": "new", "sign_in": "cognito"}, ["vpc=none", "sign_in=address"]),
        (PUBLIC, PRODUCTION, ["fine_grained_access=false", "sign_in=address"]),
        (COGNITO, {"sign_in": "cognito"}, ["fine_grained_access=true"]),
        (COGNITO, {}, ["fine_grained_access=true", "sign_in=cognito"]),
        (BEFORE, {**PRODUCTION, "vpc": "new"}, ["sign_in=password"]),
        (DeployedDomain(name="ours", sign_in="address", fine_grained_access=False), {}, ["domain_name=ours"]),
    ],
)  # fmt: skip
def test_what_nobody_asked_for_or_the_service_cannot_do_is_named_with_what_keeps_it(
    deployed: DeployedDomain, given: dict[str, str], names: list[str]
) -> None:
    assert kept(deployed, given) == names


@pytest.mark.parametrize(
    ("deployed", "given"),
    [
        (PUBLIC, {"allowed_cidrs": "203.0.113.7/32"}),
        (COGNITO, PRODUCTION),
        (BEFORE, {**PRODUCTION, "vpc": "new", "sign_in": "password"}),
        # What is asked for, and possible: another sign-in, and roles.
        (BEFORE, {**PRODUCTION, "vpc": "new", "sign_in": "cognito"}),
        (PUBLIC, {"sign_in": "cognito"}),
        (PUBLIC, {"sign_in": "cognito", "fine_grained_access": "true"}),
        (COGNITO, {**PRODUCTION, "sign_in": "saml", "allowed_cidrs": "203.0.113.0/24"}),
        # The documented move: another domain beside the old one.
        (BEFORE, {**PRODUCTION, "domain_name": "mlops-public"}),
    ],
)
def test_what_leaves_the_domain_or_is_asked_for_goes_on(deployed: DeployedDomain, given: dict[str, str]) -> None:
    assert kept(deployed, given) == []


@pytest.mark.parametrize("deployed", [PUBLIC, BEFORE, COMPANYS, COGNITO])
def test_with_the_settings_that_are_named_it_goes_on(deployed: DeployedDomain) -> None:
    three_zones = {"zones": "3", "data_nodes": "3"}
    for given in (PRODUCTION, {"vpc": "new", "sign_in": "cognito", **three_zones}, three_zones):
        names = dict(each.split("=", 1) for each in kept(deployed, given))

        assert kept(deployed, {**given, **names}) == []


def test_the_deployed_domain_is_read_from_the_stack_and_the_service(server: Server) -> None:
    has_domain(server, {"AWS::EC2::VPC": OWN_VPC}, CognitoOptions={"Enabled": False}, **in_vpc())

    assert find_domain(boto3.Session()) == BEFORE


@pytest.mark.parametrize(
    ("status", "sign_in"),
    [
        ({}, "address"),
        ({"CognitoOptions": {"Enabled": True}}, "cognito"),
        ({"CognitoOptions": {"Enabled": True}, "AdvancedSecurityOptions": {"Enabled": True}}, "cognito"),
        ({"AdvancedSecurityOptions": {"Enabled": True, "InternalUserDatabaseEnabled": False}}, "saml"),
        ({"AdvancedSecurityOptions": {"Enabled": True, "InternalUserDatabaseEnabled": True}}, "password"),
    ],
)
def test_the_sign_in_of_the_deployed_domain_is_recognised(server: Server, status: dict, sign_in: str) -> None:
    has_domain(server, {}, **status)

    found = find_domain(boto3.Session())

    assert found
    assert found.sign_in == sign_in


def test_without_a_stack_there_is_nothing_to_move(server: Server) -> None:
    server.status = 400
    server.answers["DescribeStacks"] = (
        "<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code>"
        "<Message>Stack with id PredictionMonitoring does not exist</Message></Error></ErrorResponse>"
    )

    assert find_domain(boto3.Session()) is None


def test_a_stack_whose_domain_is_not_made_yet_has_nothing_to_move(server: Server) -> None:
    has_domain(server, {}, name="")

    assert find_domain(boto3.Session()) is None


def test_a_domain_that_nobody_may_look_at_is_not_deployed_over(server: Server) -> None:
    has_domain(server, {})
    del server.answers["GET /2021-01-01/opensearch/domain/mlops-cluster"]

    with pytest.raises(UserError, match=r"es:DescribeDomain.*--pipeline-role"):
        refuse_to_move(Settings(), {}, boto3.Session())


def test_the_workflows_deployment_stops_before_the_cdk_starts(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    has_domain(server, {"AWS::EC2::VPC": OWN_VPC}, **in_vpc())
    monkeypatch.setattr(module, "_require_checks", lambda *_, **__: None)
    monkeypatch.setattr(module.cdk, "command", lambda *_, **__: pytest.fail("the CDK was started"))

    result = CliRunner().invoke(deploy, ["--yes", "-c", "profile=production"])

    assert isinstance(result.exception, UserError)
    assert "Nothing was deployed" in str(result.exception)
    assert "add: -c vpc=new -c sign_in=password" in str(result.exception)


def has_domain(server: Server, resources: Mapping[str, str], *, name: str = "mlops-cluster", **status: Any) -> None:
    """Make it the account with the stack, its resources by type, and a domain that the service describes so."""
    server.has_stack()
    members = [*resources.items(), ("AWS::OpenSearchService::Domain", name)]
    listed = "".join(RESOURCE.format(*each) for each in members)
    server.answers["ListStackResources"] = (
        "<ListStackResourcesResponse><ListStackResourcesResult><StackResourceSummaries>"
        f"{listed}</StackResourceSummaries></ListStackResourcesResult></ListStackResourcesResponse>"
    )
    server.answers["GET /2021-01-01/opensearch/domain/mlops-cluster"] = {
        "DomainStatus": {"DomainName": name, "DomainId": "1/a", "ARN": "arn", "ClusterConfig": {}, **status}
    }


def in_vpc() -> dict[str, Any]:
    """What the service says of a domain that `production` made before it had Cognito."""
    return {
        "VPCOptions": {"VPCId": OWN_VPC, "SubnetIds": list(SUBNETS)},
        "AdvancedSecurityOptions": {"Enabled": True, "InternalUserDatabaseEnabled": True},
    }
