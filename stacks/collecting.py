"""What is collected: the log groups whose predictions reach the shipper, and those that never may."""

from aws_cdk import CfnOutput, CfnResource, Fn, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs

from lambda_shipper.reading.decoding import SYSTEM_FIELDS
from lambda_shipper.subscribing.config import Config as SubscribingConfig
from stacks import stack_name
from stacks.constructs.bundling import Platform
from stacks.constructs.functions import FunctionFactory
from stacks.constructs.inference import Inference
from stacks.constructs.log_destination import LogDestination
from stacks.constructs.shipper import Shipper, shipper_code
from stacks.constructs.stream import LogStream
from stacks.constructs.subscriber import Subscriber
from stacks.constructs.subscriptions import PATTERN, FilterOptions, Subscriptions
from stacks.settings import Settings


def collect(
    stack: Stack,
    s: Settings,
    inference: Inference | None,
    shipper: Shipper,
    stream: LogStream | None,
    key: kms.IKey | None,
    functions: FunctionFactory,
    platform: Platform,
) -> Subscriptions:
    """Attach the log groups that the settings name, and the example model's. Call it when all functions are there."""
    groups = [
        logs.LogGroup.from_log_group_name(stack, f"Attached{number}", name) for number, name in enumerate(s.log_groups)
    ]
    if inference:
        groups.insert(0, inference.function.log_group)
    CfnOutput(stack, "LogGroupNames", value=Fn.join(",", [group.log_group_name for group in groups]))
    written = [each for each in _log_groups(stack) if not (inference and each == inference.function.log_group)]
    subscriptions = Subscriptions(
        stack,
        "Subscriptions",
        log_groups=() if s.collected.whole_account else groups,
        function=shipper.function,
        stream=stream,
        options=FilterOptions(names_sources=s.centralized_logs, on_transformed=s.transformed_logs),
        written=written,
    )
    if s.collected.whole_account:
        names = [*(each.log_group_name for each in written), *_default_groups(stack), *s.collected.left_out]
        subscriptions.collect_account(stack_name(s.name), names)
    if s.collected.patterns:
        subscriber = Subscriber(
            stack,
            "Subscriber",
            config=_rules(s, shipper, stream),
            code=shipper_code(platform),
            functions=functions,
        )
        subscriber.resource.node.add_dependency(subscriptions)
        CfnOutput(stack, "SubscriberFunctionName", value=subscriber.function.function_name)
    if s.organization_id and stream:
        destination = LogDestination(
            stack,
            "Receiving",
            name=stack_name(s.name),
            organization_id=s.organization_id,
            blocked_accounts=s.blocked_accounts,
            stream=stream.stream,
            key=key,
        )
        destination.node.add_dependency(stream.drain)  # deleted first, so that nothing comes behind the markers
        CfnOutput(stack, "LogDestinationArn", value=destination.arn)
    return subscriptions


def add_stream(
    stack: Stack, shipper: Shipper, key: kms.IKey | None, functions: FunctionFactory, platform: Platform
) -> LogStream:
    """Add the stream between the filters and the shipper."""
    return LogStream(
        stack,
        "Stream",
        function=shipper.function,
        failure_bucket=shipper.failure_bucket,
        key=key,
        code=shipper_code(platform),
        functions=functions,
    )


def _rules(s: Settings, shipper: Shipper, stream: LogStream | None) -> SubscribingConfig:
    return SubscribingConfig(
        patterns=s.collected.patterns,
        left_out=s.collected.left_out,
        destination_arn=stream.stream.stream_arn if stream else shipper.function.function_arn,
        role_arn=stream.writer.role_arn if stream else "",
        filter_name=f"{stack_name(s.name)}-by-rule",
        filter_pattern=PATTERN,
        system_fields=SYSTEM_FIELDS if s.centralized_logs else (),
        on_transformed=int(s.transformed_logs),
    )


def _log_groups(stack: Stack) -> list[logs.LogGroup]:
    return [each for each in stack.node.find_all() if isinstance(each, logs.LogGroup)]


def _default_groups(stack: Stack) -> list[str]:
    """Return the names of the groups that Lambda makes for functions without one, such as the CDK's own."""
    functions = [
        each
        for each in stack.node.find_all()
        if isinstance(each, CfnResource) and each.cfn_resource_type == "AWS::Lambda::Function"
    ]
    return [f"/aws/lambda/{each.ref}" for each in functions if not getattr(each, "logging_config", None)]
