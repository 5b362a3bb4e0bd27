"""The functions that report on a schedule: what each may do, when it runs, its alarms, and the link in its events."""

from collections.abc import Callable

import pytest
from aws_cdk import App, Duration, Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Match, Template

from contracts.actuals import INDEX
from monitors.drift.config import Config as DriftConfig
from monitors.quality import reference
from monitors.quality.config import Config as QualityConfig
from monitors.quality.report import NOW
from monitors.reporting.config import ReportingConfig
from stacks.constructs.drift import DRIFT
from stacks.constructs.index_templates import TEMPLATE_FILES
from stacks.constructs.quality import QUALITY
from stacks.constructs.reporting import Report, ScheduledReport
from tests.synth.conftest import FUNCTIONS
from tests.synth.reading import Reading

URL = "https://search.example.com"


def synthesised(report: Report, config: ReportingConfig) -> Template:
    stack = Stack(App(), "Test")
    ScheduledReport(
        stack,
        "Report",
        report=report,
        config=config,
        code=lambda_.Code.from_inline("unused"),
        every=Duration.minutes(30),
        functions=FUNCTIONS,
    )
    return Template.from_stack(stack)


@pytest.fixture(scope="module")
def drift() -> Template:
    return synthesised(DRIFT, DriftConfig(URL))


@pytest.fixture(scope="module")
def quality() -> Template:
    return synthesised(QUALITY, QualityConfig(URL))


@pytest.fixture(params=["drift", "quality"])
def template(request: pytest.FixtureRequest) -> Template:
    return request.getfixturevalue(request.param)


def test_the_function_runs_on_its_schedule(template: Template) -> None:
    template.has_resource_properties("AWS::Events::Rule", {"ScheduleExpression": "rate(30 minutes)"})


def test_the_function_may_write_its_log_metrics_of_this_project_and_events_and_nothing_else(template: Template) -> None:
    template.resource_count_is("AWS::IAM::Policy", 1)
    template.has_resource_properties(
        "AWS::IAM::Policy",
        {
            "PolicyDocument": {
                "Statement": [
                    {
                        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                        "Effect": "Allow",
                        "Resource": {"Fn::GetAtt": [Match.string_like_regexp("Logs"), "Arn"]},
                    },
                    {
                        "Action": "cloudwatch:PutMetricData",
                        "Effect": "Allow",
                        "Resource": "*",
                        "Condition": {"StringEquals": {"cloudwatch:namespace": "PredictionMonitoring"}},
                    },
                    {"Action": "events:PutEvents", "Effect": "Allow", "Resource": Match.any_value()},
                ]
            }
        },
    )


def test_drift_and_a_warning_of_quality_each_raise_an_alarm(drift: Template, quality: Template) -> None:
    for template, metric, threshold in ((drift, "DriftSeverity", 2), (quality, "QualitySeverity", 1)):
        template.has_resource_properties(
            "AWS::CloudWatch::Alarm",
            {"MetricName": metric, "Statistic": "Maximum", "Threshold": threshold, "Period": 1800},
        )


def test_a_failing_run_raises_an_alarm(template: Template) -> None:
    template.has_resource_properties("AWS::CloudWatch::Alarm", {"MetricName": "Errors", "Threshold": 1})


@pytest.mark.parametrize("name", ["Drift", "Quality"])
def test_events_carry_the_short_link_that_the_import_made(reading: Callable[[str], Reading], name: str) -> None:
    template = reading("production")

    environment = template.of_type("Lambda::Function")[f"{name}Function"]["Environment"]["Variables"]

    assert template.text(environment["DASHBOARD_URL"]) == f"<DashboardsImport.{name}DashboardUrl>"


def test_every_index_of_the_quality_function_has_a_template() -> None:
    assert {INDEX, reference.INDEX, NOW.partition("-")[0]} <= TEMPLATE_FILES.keys()
