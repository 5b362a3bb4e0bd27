"""The quality construct: what its function may do, when it runs, and its alarms."""

from collections.abc import Callable

import pytest
from aws_cdk import App, Duration, Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Match, Template

from actuals import INDEX
from quality_lambda import reference
from quality_lambda.config import Config
from quality_lambda.report import NOW
from stacks.constructs.index_templates import TEMPLATE_FILES
from stacks.constructs.quality import Quality
from tests.synth.conftest import FUNCTIONS
from tests.synth.reading import Reading


@pytest.fixture(scope="module")
def template() -> Template:
    stack = Stack(App(), "Test")
    Quality(
        stack,
        "Quality",
        config=Config("https://search.example.com"),
        code=lambda_.Code.from_inline("unused"),
        every=Duration.minutes(30),
        functions=FUNCTIONS,
    )
    return Template.from_stack(stack)


def test_the_function_runs_on_its_schedule(template: Template) -> None:
    template.has_resource_properties("AWS::Events::Rule", {"ScheduleExpression": "rate(30 minutes)"})


def test_the_function_may_write_metrics_of_this_project_and_events_and_nothing_else(template: Template) -> None:
    template.resource_count_is("AWS::IAM::Policy", 1)
    template.has_resource_properties(
        "AWS::IAM::Policy",
        {
            "PolicyDocument": {
                "Statement": [
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


def test_a_warning_of_quality_and_a_failing_run_each_raise_an_alarm(template: Template) -> None:
    template.has_resource_properties(
        "AWS::CloudWatch::Alarm",
        {"MetricName": "QualitySeverity", "Statistic": "Maximum", "Threshold": 1, "Period": 1800},
    )
    template.has_resource_properties("AWS::CloudWatch::Alarm", {"MetricName": "Errors", "Threshold": 1})


def test_events_carry_the_short_link_that_the_import_made(reading: Callable[[str], Reading]) -> None:
    template = reading("production")

    environment = template.of_type("Lambda::Function")["QualityFunction"]["Environment"]["Variables"]

    assert template.text(environment["DASHBOARD_URL"]) == "<DashboardsImport.QualityDashboardUrl>"


def test_every_index_has_a_template() -> None:
    assert {INDEX, reference.INDEX, NOW.partition("-")[0]} <= TEMPLATE_FILES.keys()
