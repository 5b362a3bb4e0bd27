"""The checks of `predmon doctor` that ask AWS. Each reads one thing and lets the errors of AWS pass."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, cast

import boto3
import botocore.exceptions
from botocore.config import Config

from stacks import STACK
from stacks.settings import Settings

if TYPE_CHECKING:
    from types_boto3_cloudformation.type_defs import StackTypeDef

BOOTSTRAP_VERSION = 6
BOOTSTRAP_PARAMETER = "/cdk-bootstrap/hnb659fds/version"
UNRESERVED_CONCURRENCY = 100
"""The part that Lambda never lets anybody reserve (Lambda developer guide, "Configuring reserved concurrency")."""
FILTERS_PER_GROUP = 2
ATTEMPTS = 2
LINKED_ROLE = "AWSServiceRoleForAmazonOpenSearchService"


class CheckStatus(Enum):
    """How a check ended. Only WRONG stops a deployment."""

    OK = auto()
    WARNING = auto()
    UNKNOWN = auto()
    WRONG = auto()


@dataclass(frozen=True)
class CheckResult:
    """One line of the doctor's report."""

    subject: str
    status: CheckStatus
    message: str


def client_config() -> Config:
    """Return the options of a client that gives up soon, since a check must not hang."""
    return Config(connect_timeout=5, read_timeout=15, retries={"total_max_attempts": ATTEMPTS})


def check_credentials(session: boto3.Session) -> CheckResult:
    """Check that AWS accepts the credentials."""
    identity = session.client("sts", config=client_config()).get_caller_identity()
    message = f"account {identity['Account']} as {identity['Arn'].rpartition(':')[2]}"
    return CheckResult("Credentials", CheckStatus.OK, message)


def check_bootstrap(session: boto3.Session) -> CheckResult:
    """Check that the account has the CDK's bootstrap stack, and that it is new enough."""
    command = "cdk bootstrap, or answer yes when predmon deploy asks"
    ssm = session.client("ssm", config=client_config())
    try:
        version = int(ssm.get_parameter(Name=BOOTSTRAP_PARAMETER)["Parameter"]["Value"])
    except ssm.exceptions.ParameterNotFound:
        return CheckResult("Bootstrap", CheckStatus.WRONG, f"the CDK's own resources are missing here: {command}")
    if version < BOOTSTRAP_VERSION:
        message = f"version {version} is too old, {BOOTSTRAP_VERSION} is needed: {command}"
        return CheckResult("Bootstrap", CheckStatus.WRONG, message)
    return CheckResult("Bootstrap", CheckStatus.OK, f"version {version}")


def check_stack(session: boto3.Session) -> CheckResult:
    """Check that the stack is in a state from which it can be deployed."""
    stack = _describe_stack(session)
    if stack is None:
        return CheckResult("Stack", CheckStatus.OK, f"{STACK} is new here: a domain takes 15 to 25 minutes")
    status = stack["StackStatus"]
    if status.endswith("_IN_PROGRESS"):
        return CheckResult("Stack", CheckStatus.WRONG, f"{STACK} is {status}: wait until that has ended")
    if status == "ROLLBACK_COMPLETE":
        message = f"the first deployment of {STACK} failed. Delete it: predmon destroy"
        return CheckResult("Stack", CheckStatus.WRONG, message)
    if status.endswith("_FAILED"):
        return CheckResult("Stack", CheckStatus.WRONG, f"{STACK} is {status}: see its events in CloudFormation")
    return CheckResult("Stack", CheckStatus.OK, f"{STACK} is {status} and will be updated")


def check_nodes(session: boto3.Session, settings: Settings) -> CheckResult:
    """Check that the instance type allows as many data nodes as the settings ask for."""
    limits = session.client("opensearch", config=client_config()).describe_instance_type_limits(
        InstanceType=cast(Any, settings.instance_type),  # the types list those of one day
        EngineVersion=f"OpenSearch_{settings.engine_version}",
    )["LimitsByRole"]
    most = limits.get("data", {}).get("InstanceLimits", {}).get("InstanceCountLimits", {}).get("MaximumInstanceCount")
    if most is None:
        return CheckResult("Node quota", CheckStatus.UNKNOWN, f"AWS names no limit for {settings.instance_type}")
    if settings.data_nodes > most:
        message = f"data_nodes={settings.data_nodes}, but {settings.instance_type} allows at most {most}"
        return CheckResult("Node quota", CheckStatus.WRONG, message)
    message = f"{settings.data_nodes} of at most {most} {settings.instance_type}"
    return CheckResult("Node quota", CheckStatus.OK, message)


def check_linked_role(session: boto3.Session) -> CheckResult:
    """Check that the account has the role that the service needs to place a domain in a VPC."""
    iam = session.client("iam", config=client_config())
    try:
        iam.get_role(RoleName=LINKED_ROLE)
    except iam.exceptions.NoSuchEntityException:
        command = "aws iam create-service-linked-role --aws-service-name opensearchservice.amazonaws.com"
        message = f"a domain in a VPC needs this role, once in each account: {command}"
        return CheckResult("Linked role", CheckStatus.WRONG, message)
    return CheckResult("Linked role", CheckStatus.OK, LINKED_ROLE)


def check_concurrency(session: boto3.Session, wanted: int) -> CheckResult:
    """Check that the account can reserve `wanted` concurrent executions for the shipper."""
    functions = session.client("lambda", config=client_config())
    free = functions.get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"]
    stack = _describe_stack(session)
    for output in stack.get("Outputs", []) if stack else []:
        if output["OutputKey"] == "ShipperFunctionName":
            # The stack may use again what it has already reserved itself.
            own = functions.get_function_concurrency(FunctionName=output["OutputValue"])
            free += own.get("ReservedConcurrentExecutions", 0)
    if wanted > free - UNRESERVED_CONCURRENCY:
        possible = f"shipper_concurrency={wanted}, but {max(0, free - UNRESERVED_CONCURRENCY)} can be reserved here: "
        return CheckResult("Concurrency", CheckStatus.WRONG, possible + "lower it, or ask AWS for a higher quota")
    return CheckResult("Concurrency", CheckStatus.OK, f"{wanted} of {free} are reserved for the shipper")


def check_log_group(session: boto3.Session, group: str) -> CheckResult:
    """Check that the log group exists and can take another subscription filter."""
    logs = session.client("logs", config=client_config())
    subject = f"Log group {group}"
    try:
        filters = logs.describe_subscription_filters(logGroupName=group)["subscriptionFilters"]
    except logs.exceptions.ResourceNotFoundException:
        message = "does not exist here: call its function once, or correct the name"
        return CheckResult(subject, CheckStatus.WRONG, message)
    others = [each["filterName"] for each in filters if not each["filterName"].startswith(STACK)]
    if len(others) >= FILTERS_PER_GROUP:
        message = f"already has {FILTERS_PER_GROUP} filters: {', '.join(others)}"
        return CheckResult(subject, CheckStatus.WRONG, message)
    return CheckResult(subject, CheckStatus.OK, "exists")


def _describe_stack(session: boto3.Session) -> "StackTypeDef | None":
    """Return CloudFormation's description of the stack, or None if it does not exist yet."""
    try:
        return session.client("cloudformation", config=client_config()).describe_stacks(StackName=STACK)["Stacks"][0]
    except botocore.exceptions.ClientError as error:
        if "does not exist" not in str(error):
            raise
        return None
