"""The functions that run on a schedule: days, drift and quality; and the alarms of all that is no delivery."""

from collections.abc import Mapping

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from monitors.reporting.config import ReportingConfig
from stacks import function_configs
from stacks.constructs.bundling import Platform
from stacks.constructs.days import DAYS
from stacks.constructs.domain import SearchDomain
from stacks.constructs.drift import DRIFT
from stacks.constructs.functions import FunctionFactory
from stacks.constructs.quality import QUALITY
from stacks.constructs.reporting import Report, ScheduledReport, failure_alarm
from stacks.settings import Settings
from stacks.settings.cost import DAYS_EVERY_MINUTES, QUALITY_EVERY_MINUTES

OTHER_FUNCTIONS = {
    "Subscriber": ("attaching-failed", "Log groups that the patterns mean may not be attached."),
    "Acting": ("acting-failed", "What was to act on drift or a worse quality did not start."),
}
"""Construct whose function has an alarm, where it is there → (section, what the alarm says)."""


def add_reports(
    stack: Stack, s: Settings, domain: SearchDomain, functions: FunctionFactory, platform: Platform
) -> dict[str, ScheduledReport]:
    """Add `days`, which looks after past days, and what the settings want of the others.

    `drift` compares with what was normal, and `quality` joins actuals. Where drift runs more often than its window is
    long, windows overlap.
    """
    config: ReportingConfig = function_configs.days(s, domain.url, stack.region)
    reports = {"days": _add(stack, "Days", DAYS, config, DAYS_EVERY_MINUTES, domain, functions, platform)}
    if s.drift:
        config = function_configs.drift(s, domain.url, stack.region)
        reports["drift"] = _add(stack, "Drift", DRIFT, config, s.drift_every_minutes, domain, functions, platform)
    if s.quality:
        config = function_configs.quality(s, domain.url, stack.region)
        reports["quality"] = _add(stack, "Quality", QUALITY, config, QUALITY_EVERY_MINUTES, domain, functions, platform)
    return reports


def _add(
    stack: Stack,
    name: str,
    report: Report,
    config: ReportingConfig,
    every_minutes: int,
    domain: SearchDomain,
    functions: FunctionFactory,
    platform: Platform,
) -> ScheduledReport:
    made = ScheduledReport(
        stack,
        name,
        report=report,
        config=config,
        code=report.code(platform),
        every=Duration.minutes(every_minutes),
        functions=functions,
    )
    domain.grant_requests(made.function, *report.access)
    CfnOutput(stack, f"{name}FunctionName", value=made.function.function_name)
    return made


def alarms_of(stack: Stack, reports: Mapping[str, ScheduledReport]) -> dict[str, cloudwatch.Alarm]:
    """Return each section of docs/operations.md → alarm, for everything that runs beside the delivery."""
    alarms = {name: each.severity_alarm for name, each in reports.items()}
    alarms |= {f"{name}-failed": each.failure_alarm for name, each in reports.items()}
    for name, (section, says) in OTHER_FUNCTIONS.items():
        if found := stack.node.try_find_child(name):
            function = found if isinstance(found, lambda_.Function) else found.node.find_child("Function")
            assert isinstance(found, Construct) and isinstance(function, lambda_.Function)
            alarms[section] = failure_alarm(found, function, says=says)
    return alarms
