"""Requests against the services' models: what botocore lets pass and the service would refuse."""

from typing import Any

import pytest

from checks.requests import Recorder


@pytest.fixture
def requests_within_the_services_limits() -> None:
    """Let this module's tests build requests that a service refuses."""


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "says"),
    [
        ("ec2", "describe_vpcs", {"MaxResults": 1}, "1 is below 5"),
        ("logs", "describe_log_groups", {"logGroupNamePrefix": "a" * 513}, "513 is above 512"),
        ("logs", "describe_log_groups", {"logGroupNamePrefix": "/aws/lambda/ä"}, "does not match"),
        ("lambda", "invoke", {"FunctionName": "f", "InvocationType": "Later"}, "is not one of Event"),
        ("cloudwatch", "put_metric_data", {"Namespace": "AWS:", "MetricData": [{"MetricName": ""}]}, "0 is below 1"),
        ("events", "put_events", {"Entries": []}, "0 is below 1"),
        ("s3", "put_object", {"Bucket": "b"}, "Missing required parameter"),
    ],
)
def test_what_a_service_would_refuse_is_found(
    service: str, operation: str, parameters: dict[str, Any], says: str
) -> None:
    recorder = Recorder(service)

    getattr(recorder, operation)(**parameters)

    assert any(says in each for each in recorder.found), recorder.found


def test_a_request_that_keeps_to_the_model_is_fine() -> None:
    recorder = Recorder("logs")

    recorder.describe_log_groups(logGroupNamePrefix="/aws/lambda/reviews")

    assert recorder.found == []
