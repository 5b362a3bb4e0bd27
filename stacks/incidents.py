"""What acts on drift and on a worse quality, as far as the settings name anything: one function, one rule."""

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam

from monitors.acting.config import Config
from monitors.acting.targets import find_target
from monitors.reporting.acting import DETAIL_TYPE, ROLLBACK
from monitors.reporting.events import SOURCE
from stacks import stack_name
from stacks.constructs.bundling import Platform, contracts, python_code
from stacks.constructs.functions import FunctionFactory
from stacks.constructs.inference import Inference
from stacks.constructs.reporting import grant_reporting
from stacks.settings import Settings

MOVE_ALIAS = ("lambda:GetAlias", "lambda:ListVersionsByFunction", "lambda:UpdateAlias")


def wants_rollback(s: Settings) -> bool:
    """Tell whether the served model needs versions to go back to."""
    return ROLLBACK in (s.on_drift, s.on_worse)


def add_acting(
    stack: Stack, s: Settings, inference: Inference | None, functions: FunctionFactory, platform: Platform
) -> None:
    """Add the function and its rule. It may do what the settings name, on those ARNs and on nothing else."""
    if not s.actions:
        return
    deployment = stack_name(s.name)
    config = Config(
        on_drift=s.on_drift,
        on_worse=s.on_worse,
        function_name=inference.function.function_name if inference and wants_rollback(s) else "",
        namespace=deployment,
    )
    paths = ["monitors/acting", "monitors/__init__.py", *contracts()]
    function = functions.make(
        stack,
        "Acting",
        log_id="ActingLogs",
        code=python_code(paths, platform, "monitors/acting/requirements.txt"),
        handler="monitors.acting.handler.handler",
        memory_size=128,
        timeout=Duration.minutes(1),
        environment=config.to_env(),
        retry_attempts=2,
        description="Acts on drift and on a worse quality",
    )
    grant_reporting(function, function, namespace=deployment)
    for what in sorted(s.actions):
        if what == ROLLBACK:
            assert inference
            arn = inference.function.function_arn
            function.add_to_role_policy(iam.PolicyStatement(actions=list(MOVE_ALIAS), resources=[arn, f"{arn}:live"]))
        elif target := find_target(what):
            function.add_to_role_policy(iam.PolicyStatement(actions=list(target.actions), resources=[what]))
    # Several deployments of an account share its bus.
    pattern = events.EventPattern(source=[SOURCE], detail_type=[DETAIL_TYPE], detail={"deployment": [deployment]})
    events.Rule(
        stack, "ActingRule", event_pattern=pattern, targets=[targets.LambdaFunction(function, retry_attempts=2)]
    )
    CfnOutput(stack, "ActingFunctionName", value=function.function_name)
