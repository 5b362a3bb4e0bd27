"""The check of `predmon doctor` that asks the deployed domain what it has room for, and what is foreign in it."""

import boto3
from opensearchpy.exceptions import OpenSearchException

from dashboards.importer.connection import ServerError
from dashboards.importer.foreign import find_foreign
from monitors.days.capacity import read_capacity
from predmon.commands.deploying.account_checks import CheckResult, CheckStatus, describe_stack
from predmon.commands.deployment.target import Target
from stacks.constructs.days import SHARDS_PERCENT
from stacks.constructs.index_templates import index_templates

SUBJECT = "Domain"


def check_domain(session: boto3.Session, stack: str) -> CheckResult:
    """Check that the domain has room, and stores predictions as they are."""
    outputs = {each["OutputKey"]: each["OutputValue"] for each in describe_stack(session, stack).get("Outputs", ())}
    if "OpenSearchUrl" not in outputs:
        return CheckResult(SUBJECT, CheckStatus.OK, "is new here")
    target = Target(outputs, session, None)
    try:
        capacity = read_capacity(target.search())
        foreign = find_foreign(target.domain(), index_templates(1))
    except (OpenSearchException, ServerError) as error:
        return CheckResult(SUBJECT, CheckStatus.UNKNOWN, f"could not be asked: {error}")
    message = " ".join([f"has {capacity}.", *(f"{each.sentence}." for each in foreign)])
    if any(each.is_refused for each in foreign):
        return CheckResult(SUBJECT, CheckStatus.WRONG, message)
    if foreign or capacity.shards_percent > SHARDS_PERCENT:
        return CheckResult(SUBJECT, CheckStatus.WARNING, message)
    return CheckResult(SUBJECT, CheckStatus.OK, message)
