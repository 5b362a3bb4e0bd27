"""Every sign-in, public and in a VPC, with and without roles: its template becomes a stack in the emulator.

The custom resources are left out, since they call a domain with the security plugin: `tests/local/access` runs their
code against one. So are three types of resources that the emulator does not know.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import boto3
import pytest

from checks.profiles import SIGN_IN, composed
from predmon.local.emulator import ACCOUNT, REGION, Emulator
from predmon.local.processes import free_port

UNKNOWN = {"AWS::EC2::FlowLog", "AWS::EC2::SecurityGroupEgress", "AWS::EC2::SecurityGroupIngress"}


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[boto3.Session]:
    """Return a session in an empty account."""
    emulator = Emulator(tmp_path_factory.mktemp("aws"))
    with pytest.MonkeyPatch.context() as patch:
        try:
            emulator.start("http://127.0.0.1:9", free_port())
            for name, value in emulator.client_environment.items():
                patch.setenv(name, value)
            yield boto3.Session()
        finally:
            emulator.stop()


@pytest.fixture(params=SIGN_IN)
def deployed(request: pytest.FixtureRequest, account: boto3.Session, tmp_path: Path) -> Iterator[tuple[str, Any]]:
    """Deploy one of the combinations. Return its name, and the domain as the service describes it."""
    app = composed(SIGN_IN[request.param], tmp_path, cdk.Environment(account=ACCOUNT, region=REGION))
    (stack,) = app.synth().stacks
    cloudformation: Any = account.client("cloudformation")
    cloudformation.create_stack(StackName=request.param, TemplateBody=json.dumps(without_code(stack.template)))
    waiter = cloudformation.get_waiter("stack_create_complete")
    waiter.wait(StackName=request.param, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    yield request.param, account.client("opensearch").describe_domain(DomainName="mlops-cluster")["DomainStatus"]
    cloudformation.delete_stack(StackName=request.param)


def without_code(template: dict[str, Any]) -> dict[str, Any]:
    """Return the template with functions that do nothing, and without what the emulator lacks."""
    resources = {
        name: resource
        for name, resource in template["Resources"].items()
        if not resource["Type"].startswith("Custom::") and resource["Type"] not in UNKNOWN
    }
    for resource in resources.values():
        resource["DependsOn"] = [each for each in resource.get("DependsOn", []) if each in resources]
        if resource["Type"] == "AWS::Lambda::Function":
            resource["Properties"] |= {
                "Code": {"ZipFile": "def handler(event, context): ..."},
                "Handler": "index.handler",
            }
    return {"Resources": resources}


def test_it_has_the_sign_in_and_the_network_of_its_settings(deployed: tuple[str, Any]) -> None:
    name, domain = deployed
    security = domain["AdvancedSecurityOptions"]

    assert domain["CognitoOptions"]["Enabled"] == name.startswith("cognito")
    assert security["Enabled"] == ("roles" in name)
    assert security.get("SAMLOptions", {}).get("Enabled", False) == name.startswith("saml")
    assert security["InternalUserDatabaseEnabled"] == name.startswith("password")
    assert bool((domain.get("VPCOptions") or {}).get("SubnetIds")) == name.endswith("vpc")


def test_nobody_unnamed_is_let_in_except_from_named_addresses_or_inside_a_vpc(deployed: tuple[str, Any]) -> None:
    name, domain = deployed
    for statement in json.loads(domain["AccessPolicies"])["Statement"]:
        anybody = statement["Principal"] in ("*", {"AWS": "*"}, {"AWS": ["*"]})
        named = statement.get("Condition", {}).get("IpAddress", {}).get("aws:SourceIp", [])
        assert not anybody or name.endswith("vpc") or named == ["203.0.113.7/32"], statement
