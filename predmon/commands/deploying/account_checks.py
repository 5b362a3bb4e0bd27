"""The checks of `predmon doctor` that ask AWS. Each reads one thing and lets the errors of AWS pass."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, cast

import boto3
import botocore.exceptions
from botocore.config import Config

from stacks import stack_name
from stacks.settings import Settings

BOOTSTRAP_VERSION = 6
UNRESERVED_CONCURRENCY = 100
"""The part that Lambda never lets anybody reserve (Lambda developer guide, "Configuring reserved concurrency")."""
FILTERS_PER_GROUP = 2
ATTEMPTS = 2
LINKED_ROLE = "AWSServiceRoleForAmazonOpenSearchService"
FAILED_CREATION = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "REVIEW_IN_PROGRESS")
"""States of a stack that was never there. It can only be deleted, which `predmon deploy` does."""
SERVICE_LINK = "opensearchservice.amazonaws.com"


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


def aws_client(session: boto3.Session, service: str) -> Any:
    """Return a client that gives up soon. It stays `Any`: the service varies, and some have no types here."""
    make_client: Any = session.client
    return make_client(service, config=client_config())


def client_config() -> Config:
    """Return the options of a client that gives up soon, since a check must not hang."""
    return Config(connect_timeout=5, read_timeout=15, retries={"total_max_attempts": ATTEMPTS})


def check_credentials(session: boto3.Session) -> CheckResult:
    """Check that AWS accepts the credentials."""
    identity = session.client("sts", config=client_config()).get_caller_identity()
    message = f"account {identity['Account']} as {identity['Arn'].rpartition(':')[2]}"
    return CheckResult("Credentials", CheckStatus.OK, message)


def check_bootstrap(session: boto3.Session, qualifier: str) -> CheckResult:
    """Check that the account has the CDK's bootstrap stack with this qualifier, and that it is new enough."""
    command = "cdk bootstrap, or answer yes when predmon deploy asks"
    ssm = session.client("ssm", config=client_config())
    try:
        found = ssm.get_parameter(Name=f"/cdk-bootstrap/{qualifier}/version")["Parameter"]["Value"]
    except ssm.exceptions.ParameterNotFound:
        message = f"the CDK's own resources (qualifier {qualifier}) are missing here: {command}"
        return CheckResult("Bootstrap", CheckStatus.WRONG, message)
    if int(found) < BOOTSTRAP_VERSION:
        message = f"version {found} is too old, {BOOTSTRAP_VERSION} is needed: {command}"
        return CheckResult("Bootstrap", CheckStatus.WRONG, message)
    return CheckResult("Bootstrap", CheckStatus.OK, f"version {found}")


def check_stack(session: boto3.Session, stack: str) -> CheckResult:
    """Check that the stack is in a state from which it can be deployed."""
    status = describe_stack(session, stack).get("StackStatus")
    if not status:
        return CheckResult("Stack", CheckStatus.OK, f"{stack} is new here: a domain takes 15 to 25 minutes")
    if status in FAILED_CREATION:
        message = f"the first deployment of {stack} failed ({status}). predmon deploy deletes what is left of it first"
        return CheckResult("Stack", CheckStatus.WARNING, message)
    if status.endswith("_IN_PROGRESS"):
        return CheckResult("Stack", CheckStatus.WRONG, f"{stack} is {status}: wait until that has ended")
    if status == "UPDATE_ROLLBACK_FAILED":
        message = f"{stack} is {status}: see docs/operations.md, section 'When a deployment fails'"
        return CheckResult("Stack", CheckStatus.WRONG, message)
    if status.endswith("_FAILED"):
        message = f"{stack} is {status}: see its events in CloudFormation, then run predmon destroy"
        return CheckResult("Stack", CheckStatus.WRONG, message)
    return CheckResult("Stack", CheckStatus.OK, f"{stack} is {status} and will be updated")


def check_names(session: boto3.Session, settings: Settings) -> CheckResult:
    """Check that no other deployment has the names that a first deployment gives. Names of roles are global."""
    stack = stack_name(settings.name)
    if describe_stack(session, stack).get("StackStatus", FAILED_CREATION[0]) not in FAILED_CREATION:
        return CheckResult("Names", CheckStatus.OK, f"{stack} has its names already")
    other = "Name this deployment: -c name=reviews"
    opensearch = aws_client(session, "opensearch")
    try:
        opensearch.describe_domain(DomainName=settings.domain_name)
    except opensearch.exceptions.ResourceNotFoundException:
        pass
    else:
        message = f"a domain {settings.domain_name} is there already. {other}, or delete that domain"
        return CheckResult("Names", CheckStatus.WRONG, message)
    if settings.shipper_role_name:
        iam = aws_client(session, "iam")
        try:
            iam.get_role(RoleName=settings.shipper_role_name)
        except iam.exceptions.NoSuchEntityException:
            pass
        else:
            message = f"a role {settings.shipper_role_name} is there already, perhaps by another region. {other}"
            return CheckResult("Names", CheckStatus.WRONG, message)
    pipeline = f"{settings.domain_name}-pipeline"
    listed = aws_client(session, "cloudwatch").list_dashboards(DashboardNamePrefix=pipeline) if settings.alarms else {}
    if any(each["DashboardName"] == pipeline for each in listed.get("DashboardEntries", ())):
        message = f"a CloudWatch dashboard {pipeline} is there already, perhaps by another region. {other}"
        return CheckResult("Names", CheckStatus.WRONG, message)
    return CheckResult("Names", CheckStatus.OK, f"{stack}, {settings.domain_name} are free")


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
        command = f"aws iam create-service-linked-role --aws-service-name {SERVICE_LINK}"
        message = f"a domain in a VPC needs this role, once in each account: {command}"
        return CheckResult("Linked role", CheckStatus.WRONG, message)
    return CheckResult("Linked role", CheckStatus.OK, LINKED_ROLE)


def check_concurrency(session: boto3.Session, settings: Settings) -> CheckResult:
    """Check that the account can reserve the concurrent executions that the settings want for the shipper."""
    wanted = settings.shipper_concurrency
    functions = aws_client(session, "lambda")
    free = functions.get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"]
    for output in describe_stack(session, stack_name(settings.name)).get("Outputs", []):
        if output["OutputKey"] == "ShipperFunctionName":
            # The stack may use again what it has already reserved itself.
            own = functions.get_function_concurrency(FunctionName=output["OutputValue"])
            free += own.get("ReservedConcurrentExecutions", 0)
    if wanted > free - UNRESERVED_CONCURRENCY:
        possible = f"shipper_concurrency={wanted}, but {max(0, free - UNRESERVED_CONCURRENCY)} can be reserved here: "
        return CheckResult("Concurrency", CheckStatus.WRONG, possible + "lower it, or ask AWS for a higher quota")
    return CheckResult("Concurrency", CheckStatus.OK, f"{wanted} of {free} are reserved for the shipper")


def check_log_group(session: boto3.Session, group: str, stack: str) -> CheckResult:
    """Check that the log group exists, is of the class that has filters, and can take another one."""
    logs = aws_client(session, "logs")
    subject = f"Log group {group}"
    listed = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    found = next((each for each in listed if each["logGroupName"] == group), None)
    if found is None:
        message = "does not exist here: call its function once, or correct the name"
        return CheckResult(subject, CheckStatus.WRONG, message)
    if (group_class := found.get("logGroupClass", "STANDARD")) != "STANDARD":
        message = f"is of the class {group_class}, which has no subscription filters. Its function needs another group"
        return CheckResult(subject, CheckStatus.WRONG, message)
    filters = logs.describe_subscription_filters(logGroupName=group)["subscriptionFilters"]
    # A generated name begins with the stack's and the construct's: another deployment's filter is not this one's.
    others = [each["filterName"] for each in filters if not each["filterName"].startswith(f"{stack}-Subscriptions")]
    if len(others) >= FILTERS_PER_GROUP:
        message = f"already has {FILTERS_PER_GROUP} filters: {', '.join(others)}"
        return CheckResult(subject, CheckStatus.WRONG, message)
    return CheckResult(subject, CheckStatus.OK, "exists")


def describe_stack(session: boto3.Session, stack: str) -> dict[str, Any]:
    """Return CloudFormation's description of the stack, or an empty one if it does not exist yet."""
    try:
        found: dict[str, Any] = aws_client(session, "cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    except botocore.exceptions.ClientError as error:
        if "does not exist" not in str(error):
            raise
        return {}
    return found
