"""The checks of `predmon doctor` that ask AWS about what is collected: places, the account's filter, patterns."""

import json

import boto3

from contracts.own_groups import STACK, makes_loop, stack_of
from lambda_shipper.subscribing.config import Config
from lambda_shipper.subscribing.groups import means
from predmon.commands.deploying.account_checks import CheckResult, CheckStatus, aws_client, client_config
from stacks.settings import Settings, SettingsError
from stacks.settings.places import check_places

MOST_NAMED = 5
MOST_PAGES = 40
"""Pages of 50 log groups that are looked at for those that a pattern means."""


def check_elsewhere(session: boto3.Session, settings: Settings) -> CheckResult:
    """Check that log groups and keys are of the account and region that is deployed to."""
    account = session.client("sts", config=client_config()).get_caller_identity()["Account"]
    try:
        check_places(settings, account=account, region=session.region_name)
    except SettingsError as error:
        return CheckResult("Places", CheckStatus.WRONG, str(error))
    return CheckResult("Places", CheckStatus.OK, f"log groups and keys are of {account} in {session.region_name}")


def check_account_filter(session: boto3.Session, settings: Settings, own: str) -> CheckResult:
    """Check that the account's one filter policy is free, or that of the stack `own`, and takes in no deployment."""
    logs, subject = aws_client(session, "logs"), "Account filter"
    policies = logs.describe_account_policies(policyType="SUBSCRIPTION_FILTER_POLICY")["accountPolicies"]
    if others := [each["policyName"] for each in policies if each["policyName"] != own]:
        message = f"taken by {others[0]}, and an account has one in a region: name log groups or patterns instead"
        return CheckResult(subject, CheckStatus.WRONG, message)
    found = logs.describe_log_groups(logGroupNamePattern=STACK)["logGroups"]
    names = [each["logGroupName"] for each in found]
    loud = [
        name for name in names if makes_loop(name) and stack_of(name) != own and name not in settings.collected.left_out
    ]
    if loud:
        message = f"takes in {len(loud)} log groups of other deployments, whose lines are dropped but delivered: "
        left_out = ",".join(f"-{name}" for name in loud[:MOST_NAMED])
        return CheckResult(subject, CheckStatus.WARNING, f"{message}add {left_out} to log_groups")
    return CheckResult(subject, CheckStatus.OK, "free")


def check_key(session: boto3.Session, settings: Settings) -> CheckResult:
    """Check that the key's policy lets CloudWatch Logs use it: every log group is encrypted with it."""
    found = aws_client(session, "kms").get_key_policy(KeyId=settings.kms_key_arn, PolicyName="default")["Policy"]
    wanted = f"logs.{session.region_name}.amazonaws.com"
    for statement in json.loads(found)["Statement"]:
        principal = statement.get("Principal")
        services = principal.get("Service", ()) if isinstance(principal, dict) else ()
        listed = [services] if isinstance(services, str) else services
        if statement["Effect"] == "Allow" and any(each.startswith(wanted) for each in listed):
            return CheckResult("Key", CheckStatus.OK, "its policy lets CloudWatch Logs use it")
    message = f"its policy does not let {wanted} use it: docs/security.md, section Encryption, has the statement"
    return CheckResult("Key", CheckStatus.WRONG, message)


def check_patterns(session: boto3.Session, settings: Settings) -> CheckResult:
    """Count the log groups that the patterns mean now, and those that cannot have a filter."""
    rules = Config(
        patterns=settings.collected.patterns,
        left_out=settings.collected.left_out,
        destination_arn="",
        filter_name="",
        filter_pattern="",
    )
    pages = (
        aws_client(session, "logs")
        .get_paginator("describe_log_groups")
        .paginate(PaginationConfig={"MaxItems": MOST_PAGES * 50})
    )
    meant = [each for page in pages for each in page["logGroups"] if means(rules, each["logGroupName"])]
    classes = [each["logGroupName"] for each in meant if each.get("logGroupClass", "STANDARD") != "STANDARD"]
    if classes:
        message = f"{len(classes)} are of a class without filters, such as {classes[0]}: they are left out"
        return CheckResult("Patterns", CheckStatus.WARNING, message)
    if not meant:
        return CheckResult("Patterns", CheckStatus.WARNING, "mean no log group yet: one is attached when it appears")
    return CheckResult("Patterns", CheckStatus.OK, f"mean {len(meant)} log groups now")
