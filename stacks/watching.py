"""The two functions that watch the predictions on a schedule: drift and quality."""

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch

from stacks import function_configs
from stacks.constructs import drift as drift_construct
from stacks.constructs import quality as quality_construct
from stacks.constructs.bundling import Platform
from stacks.constructs.domain import SearchDomain
from stacks.constructs.drift import Drift, drift_code
from stacks.constructs.functions import FunctionFactory
from stacks.constructs.quality import Quality, quality_code
from stacks.settings import Settings


def add_drift(stack: Stack, s: Settings, domain: SearchDomain, functions: FunctionFactory, platform: Platform) -> Drift:
    """Add the comparison with what was normal."""
    drift = Drift(
        stack,
        "Drift",
        config=function_configs.drift(s, domain.url, stack.region),
        code=drift_code(platform),
        every=Duration.minutes(s.drift_every_minutes),
        functions=functions,
    )
    domain.grant_requests(drift.function, *drift_construct.SEARCH_ACCESS)
    CfnOutput(stack, "DriftFunctionName", value=drift.function.function_name)
    return drift


def add_quality(
    stack: Stack, s: Settings, domain: SearchDomain, functions: FunctionFactory, platform: Platform
) -> Quality:
    """Add the join of actuals and the judgement of quality."""
    quality = Quality(
        stack,
        "Quality",
        config=function_configs.quality(s, domain.url, stack.region),
        code=quality_code(platform),
        every=Duration.minutes(s.quality_every_minutes),
        functions=functions,
    )
    domain.grant_requests(quality.function, *quality_construct.SEARCH_ACCESS)
    CfnOutput(stack, "QualityFunctionName", value=quality.function.function_name)
    return quality


def alarms_of(drift: Drift | None, quality: Quality | None) -> dict[str, cloudwatch.Alarm]:
    """Section of docs/operations.md → alarm, of the functions that are there."""
    alarms = {"drift": drift.drift_alarm, "drift-failed": drift.failure_alarm} if drift else {}
    if quality:
        alarms |= {"quality": quality.quality_alarm, "quality-failed": quality.failure_alarm}
    return alarms
