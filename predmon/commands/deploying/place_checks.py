"""The checks of `predmon doctor` that ask AWS about a place: its region, its zones, its networks."""

import ipaddress
from collections.abc import Iterator, Mapping

import boto3

from predmon.commands.deploying.account_checks import CheckResult, CheckStatus, aws_client
from stacks import stack_name
from stacks.settings import Settings
from stacks.settings.regions import NO_FUNCTION_URLS, NO_USER_POOLS

ZONES_WITHOUT_LAMBDA = ("use1-az3",)
"""Ids of zones in whose subnets Lambda runs no function (Lambda developer guide, "Lambda and VPC")."""


def check_function_url(session: boto3.Session) -> CheckResult:
    """Check that the region has function URLs; the example model goes without where it has none."""
    if session.region_name not in NO_FUNCTION_URLS:
        return CheckResult("Function URL", CheckStatus.OK, f"{session.region_name} has them")
    message = f"{session.region_name} has none: the example model is called by its name"
    return CheckResult("Function URL", CheckStatus.WARNING, message)


def check_user_pools(session: boto3.Session) -> CheckResult:
    """Check that the region has the user pools that people sign in with."""
    if session.region_name not in NO_USER_POOLS:
        return CheckResult("Sign-in", CheckStatus.OK, f"{session.region_name} has Cognito")
    message = f"{session.region_name} has no Cognito user pools: -c sign_in=saml, or -c sign_in=password -c vpc=new"
    return CheckResult("Sign-in", CheckStatus.WRONG, message)


def check_zones(session: boto3.Session, settings: Settings) -> CheckResult:
    """Check that there are enough zones with the node types and, for functions in a VPC, with Lambda."""
    listed = aws_client(session, "ec2").describe_availability_zones(
        Filters=[{"Name": "zone-type", "Values": ["availability-zone"]}]
    )["AvailabilityZones"]
    ids = {each["ZoneName"]: each["ZoneId"] for each in listed if each["State"] == "available"}
    lacks = dict(_find_lacking(session, settings, ids))
    suitable = sorted(set(ids) - set(lacks))
    reasons = "; ".join(f"{zone} lacks {what}" for zone, what in sorted(lacks.items()))
    if missing := sorted(set(settings.zone_names) - set(suitable)):
        why = "; ".join(f"{zone} lacks {lacks[zone]}" if zone in lacks else f"{zone} is no zone" for zone in missing)
        return CheckResult("Zones", CheckStatus.WRONG, f"{why}. Possible: {', '.join(suitable)}")
    if settings.zones > len(suitable):
        least = f"zones={settings.zones}, but {session.region_name} has {len(suitable)} that will do"
        message = f"{least}{f' ({reasons})' if reasons else ''}: -c zones={len(suitable)}, or another instance_type"
        return CheckResult("Zones", CheckStatus.WRONG, message)
    if reasons and settings.vpc == "new" and not settings.zone_names:
        # By number, the region's first zones are taken, in an order that only CloudFormation knows.
        names = ",".join(suitable[: settings.zones])
        return CheckResult("Zones", CheckStatus.WRONG, f"{reasons}. Name others: -c zone_names={names}")
    return CheckResult("Zones", CheckStatus.OK, f"{settings.zones} of {', '.join(suitable)}")


def _find_lacking(session: boto3.Session, settings: Settings, ids: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each zone that cannot be used, and what it lacks."""
    types = {settings.instance_type} | ({settings.manager_type} if settings.manager_nodes else set())
    opensearch = aws_client(session, "opensearch")
    for wanted in sorted(types):
        answer = opensearch.list_instance_type_details(
            EngineVersion=f"OpenSearch_{settings.engine_version}", RetrieveAZs=True, InstanceType=wanted
        )
        found = [each for each in answer.get("InstanceTypeDetails", ()) if each.get("InstanceType") == wanted]
        offered = {zone for each in found for zone in each.get("AvailabilityZones", ())}
        # An answer without zones says nothing about them.
        yield from ((zone, wanted) for zone in ids if offered and not offered & {zone, ids[zone]})
    if settings.in_vpc:
        yield from ((zone, "Lambda in a VPC") for zone, zone_id in ids.items() if zone_id in ZONES_WITHOUT_LAMBDA)


def check_network_range(session: boto3.Session, settings: Settings) -> CheckResult:
    """Check that no other VPC of the region has addresses of the new one: such networks cannot be connected."""
    wanted = ipaddress.ip_network(settings.vpc_cidr)
    own = stack_name(settings.name)
    for vpc in aws_client(session, "ec2").describe_vpcs()["Vpcs"]:
        tags = {each["Key"]: each["Value"] for each in vpc.get("Tags", ())}
        if tags.get("aws:cloudformation:stack-name") == own:
            continue
        for block in vpc.get("CidrBlockAssociationSet", ()):
            if wanted.overlaps(ipaddress.ip_network(block["CidrBlock"])):
                message = f"{wanted} overlaps {block['CidrBlock']} of {vpc['VpcId']}: the two can never be connected. "
                return CheckResult("VPC range", CheckStatus.WARNING, message + "-c vpc_cidr=10.72.0.0/20")
    return CheckResult("VPC range", CheckStatus.OK, f"{wanted} is free in this region")
