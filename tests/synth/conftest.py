"""The template of each profile, synthesised once a session and without bundling."""

from collections.abc import Callable
from functools import cache

import pytest
from aws_cdk import App
from aws_cdk.assertions import Template

from stacks.prediction_monitoring import PredictionMonitoring
from stacks.settings import Settings
from tests.synth.reading import Reading

SETTINGS = {
    "dev": {"allowed_cidrs": "203.0.113.7/32"},
    "production": {"profile": "production"},
    # A company's account: its own VPC and key, people who may look, and many log groups.
    "company": {
        "profile": "production",
        "vpc_id": "vpc-0123456789abcdef0",
        "subnet_ids": "subnet-0123456789abcdef0,subnet-0123456789abcdef1,subnet-0123456789abcdef2",
        "kms_key_arn": "arn:aws:kms:eu-central-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef",
        "viewer_roles": "arn:aws:iam::123456789012:role/data-science",
        "transport": "kinesis",
        "log_groups": "/aws/lambda/one,/aws/lambda/two",
        "alarm_email": "oncall@example.com",
    },
    "local": {"profile": "local"},
}
"""Name → settings of the templates that the tests look at."""


@pytest.fixture(scope="session")
def reading() -> Callable[[str], Reading]:
    """Gives the template of one of SETTINGS."""

    @cache
    def read(profile: str) -> Reading:
        stack = PredictionMonitoring(
            App(context={"aws:cdk:bundling-stacks": []}),
            "PredictionMonitoring",
            settings=Settings.from_context(SETTINGS[profile]),
        )
        return Reading(Template.from_stack(stack).to_json())

    return read
