"""Whether a deployment would move the domain that is deployed: to another network, name or sign-in.

A domain in a VPC cannot become public, nor the other way round, and fine-grained access control cannot be turned off.
CloudFormation finds out only in the middle of a deployment, or replaces the domain. So this looks first.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import boto3
import botocore.exceptions

from predmon.commands.deploying.account_checks import FAILED_CREATION, client_config
from predmon.errors import UserError
from stacks import STACK, stack_name
from stacks.settings import Settings

NOTHING_THERE = (*FAILED_CREATION, "DELETE_COMPLETE")
PAGE = "docs/security.md#moving-from-one-sign-in-to-another"


@dataclass(frozen=True, kw_only=True)
class DeployedDomain:
    """The domain as the service describes it, with `makes_vpc` if its VPC is the stack's own."""

    name: str
    sign_in: str
    fine_grained_access: bool
    vpc_id: str = ""
    subnet_ids: tuple[str, ...] = ()
    makes_vpc: bool = False

    def network_settings(self) -> list[str]:
        """Return the settings that leave the domain where it is."""
        if not self.vpc_id:
            return ["vpc=none"]
        if self.makes_vpc:
            return ["vpc=new"]
        return [f"vpc={self.vpc_id}", f"subnet_ids={','.join(self.subnet_ids)}"]


def refuse_to_move(settings: Settings, given: Mapping[str, Any], session: boto3.Session) -> None:
    """Raise UserError if a deployment with `settings` would move the deployed domain without being asked to.

    `given` are the settings that somebody wrote, in `cdk.json` or by `-c`; the others come from the profile. The error
    names the settings that keep the domain as it is.
    """
    deployed = find_domain(session, stack_name(settings.name))
    if deployed and (moves := list(changes(settings, given, deployed))):
        what = "; ".join(says for says, _ in moves)
        keep = " ".join(f"-c {each}" for each in dict.fromkeys(each for _, kept in moves for each in kept))
        raise UserError(
            f"Nothing was deployed. This would change the domain {deployed.name}: {what}.\n"
            f"To keep it as it is, add: {keep}\n"
            f"How to change it on purpose: {PAGE}"
        )


def changes(settings: Settings, given: Mapping[str, Any], deployed: DeployedDomain) -> Iterator[tuple[str, list[str]]]:
    """Give each change that was not asked for, or is not possible, with the settings that avoid it."""
    if settings.domain_name != deployed.name:
        if not {"domain_name", "name"} & set(given):
            yield (
                f"it would be replaced by an empty one called {settings.domain_name}",
                [f"domain_name={deployed.name}"],
            )
        return
    # Who cannot leave the network needs the sign-in that goes with it.
    sign_in = [f"sign_in={deployed.sign_in}"] if settings.sign_in != deployed.sign_in else []
    roles = [f"fine_grained_access={str(deployed.fine_grained_access).lower()}"]
    if _is_elsewhere(settings, deployed):
        here = f"in the VPC {deployed.vpc_id}" if deployed.vpc_id else "public"
        there = _place(settings)
        kept = [*deployed.network_settings(), *sign_in]
        yield f"it is {here} and would be {there}, which the service does not do with a domain that exists", kept
    if deployed.fine_grained_access and not settings.fine_grained_access:
        yield "its roles (fine_grained_access) would be turned off, which the service does not do", [*roles, *sign_in]
    elif settings.fine_grained_access != deployed.fine_grained_access and "fine_grained_access" not in given:
        yield "it would get roles (fine_grained_access), which cannot be turned off again", [*roles, *sign_in]
    if sign_in and "sign_in" not in given:
        says = f"people get in by sign_in={deployed.sign_in} and would have to by sign_in={settings.sign_in}"
        yield says, sign_in


def find_domain(session: boto3.Session, stack: str = STACK) -> DeployedDomain | None:
    """Return the domain of the deployed stack, or None where there is none. Raise UserError if it cannot be read."""
    cloudformation = session.client("cloudformation", config=client_config())
    try:
        status = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
        if status in NOTHING_THERE:
            return None
        resources = [
            each
            for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
            for each in page["StackResourceSummaries"]
        ]
        names = [each["PhysicalResourceId"] for each in _of_type(resources, "AWS::OpenSearchService::Domain")]
        if not names:
            return None
        described = session.client("opensearch", config=client_config()).describe_domain(
            DomainName=names[0].rpartition("/")[2]
        )
    except botocore.exceptions.ClientError as error:
        if "does not exist" in str(error) or error.response["Error"]["Code"] == "ResourceNotFoundException":
            return None
        raise UserError(
            f"Could not look at the deployed domain ({error}), so this deployment might move it.\n"
            "You need cloudformation:ListStackResources and es:DescribeDomain. To give them to a pipeline's role: "
            "predmon deploy --pipeline-role"
        ) from error
    vpcs = [each["PhysicalResourceId"] for each in _of_type(resources, "AWS::EC2::VPC")]
    return _read(described["DomainStatus"], vpcs)


def _read(status: Mapping[str, Any], vpcs: list[str]) -> DeployedDomain:
    security, network = status.get("AdvancedSecurityOptions", {}), status.get("VPCOptions", {})
    has_roles = bool(security.get("Enabled"))
    if status.get("CognitoOptions", {}).get("Enabled"):
        sign_in = "cognito"
    elif has_roles:
        sign_in = "password" if security.get("InternalUserDatabaseEnabled") else "saml"
    else:
        sign_in = "address"
    vpc = network.get("VPCId", "")
    return DeployedDomain(
        name=status["DomainName"],
        sign_in=sign_in,
        fine_grained_access=has_roles,
        vpc_id=vpc,
        subnet_ids=tuple(network.get("SubnetIds", ())),
        makes_vpc=vpc in vpcs,
    )


def _is_elsewhere(settings: Settings, deployed: DeployedDomain) -> bool:
    if settings.vpc == "new":
        return not deployed.makes_vpc
    return settings.vpc_id != deployed.vpc_id


def _place(settings: Settings) -> str:
    if settings.vpc == "new":
        return "in a VPC of its own"
    return f"in the VPC {settings.vpc_id}" if settings.vpc_id else "public"


def _of_type(resources: list[Any], kind: str) -> list[Any]:
    return [each for each in resources if each["ResourceType"] == kind and each.get("PhysicalResourceId")]
