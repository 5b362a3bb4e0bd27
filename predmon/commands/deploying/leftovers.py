"""What stays when a stack is deleted: each resource, what it costs a month, and how to remove it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from stacks.settings.cost import GP3_GIB_MONTH, HOURS, NODE_HOUR, SECRET_MONTH

REMOVE = {
    "AWS::OpenSearchService::Domain": "aws opensearch delete-domain --domain-name {}",
    "AWS::S3::Bucket": "aws s3 rb --force s3://{}",
    "AWS::SecretsManager::Secret": "aws secretsmanager delete-secret --secret-id {}",
    "AWS::Logs::LogGroup": "aws logs delete-log-group --log-group-name {}",
    "AWS::Cognito::IdentityPool": "aws cognito-identity delete-identity-pool --identity-pool-id {}",
    "AWS::Cognito::UserPoolDomain": "aws cognito-idp delete-user-pool-domain --domain {} --user-pool-id {pool}",
    "AWS::Cognito::UserPool": "aws cognito-idp delete-user-pool --user-pool-id {}",
    "AWS::IAM::Role": "aws iam delete-role --role-name {}",
    "AWS::EC2::SecurityGroup": "aws ec2 delete-security-group --group-id {}",
    "AWS::EC2::Subnet": "aws ec2 delete-subnet --subnet-id {}",
    "AWS::EC2::VPC": "aws ec2 delete-vpc --vpc-id {}",
}
"""Type → how to remove it. In this order, as a domain stands on its sign-in, groups, subnets and VPC."""
PARTS = {
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::Cognito::IdentityPoolRoleAttachment",
    "AWS::Cognito::UserPoolGroup",
}
"""Types that go with what they are a part of."""


@dataclass(frozen=True)
class Leftover:
    """A resource that stays."""

    kind: str
    physical_id: str
    dollars: float | None
    """A month, without what is stored in it; None where the price is not known."""
    removal: str
    """The command that removes it."""


def find_leftovers(cloudformation: Any, stack: str) -> list[Leftover]:
    """Return what stays of the deployed stack, in the order in which it can be removed."""
    template = cloudformation.get_template(StackName=stack)["TemplateBody"]
    resources = (json.loads(template) if isinstance(template, str) else template)["Resources"]
    kept = {
        name: each
        for name, each in resources.items()
        if each.get("DeletionPolicy", "").startswith("Retain") and each["Type"] in REMOVE
    }
    if not kept:
        return []
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
    ids = {
        each["LogicalResourceId"]: each.get("PhysicalResourceId", "")
        for page in pages
        for each in page["StackResourceSummaries"]
    }
    pool = next((ids.get(name, name) for name, each in kept.items() if each["Type"] == "AWS::Cognito::UserPool"), "")
    found = []
    for name, each in kept.items():
        physical_id = ids.get(name, name)
        command = REMOVE[each["Type"]].format(physical_id, pool=pool)
        found.append(Leftover(each["Type"], physical_id, _price(each), command))
    return sorted(found, key=lambda each: list(REMOVE).index(each.kind))


def _price(resource: dict[str, Any]) -> float | None:
    properties = resource.get("Properties", {})
    if resource["Type"] == "AWS::SecretsManager::Secret":
        return SECRET_MONTH
    if resource["Type"] != "AWS::OpenSearchService::Domain":
        return 0.0
    cluster, storage = properties["ClusterConfig"], properties["EBSOptions"]
    nodes = [(cluster["InstanceType"], cluster["InstanceCount"])]
    if cluster.get("DedicatedMasterEnabled"):
        nodes.append((cluster["DedicatedMasterType"], cluster["DedicatedMasterCount"]))
    prices = [NODE_HOUR.get(kind) for kind, _ in nodes]
    if None in prices:
        return None
    hourly = sum((price or 0) * count for price, (_, count) in zip(prices, nodes, strict=True))
    return float(hourly * HOURS + cluster["InstanceCount"] * storage["VolumeSize"] * GP3_GIB_MONTH)


def describe_leftovers(leftovers: list[Leftover]) -> Iterator[str]:
    """Yield the lines that tell a person what stays, what it costs, and how to remove it."""
    if not leftovers:
        yield "Nothing stays."
        return
    known = sum(each.dollars or 0 for each in leftovers)
    unknown = any(each.dollars is None for each in leftovers)
    yield f"These stay, for about {known:,.2f} USD a month{' and nodes of unknown price' if unknown else ''},"
    yield "besides what is stored in them. To remove one, run its command:"
    for each in leftovers:
        yield f"  {each.removal}"
