"""Share between all unit tests: few examples, no deadline, and the limits of AWS, whose descriptions are read once."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import boto3
import pytest
from botocore import session
from botocore.model import Shape
from botocore.validate import ParamValidator, ValidationErrors
from hypothesis import HealthCheck, settings

from checks.requests import problems

settings.register_profile("quick", deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", settings.get_profile("quick"), max_examples=1_000)  # `make nightly`
settings.load_profile("quick")
# Each session would read them again, which takes longer than the tests themselves.
session.create_loader = cache(session.create_loader)


@pytest.fixture(autouse=True)
def requests_within_the_services_limits(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test whose code sends AWS a request with a length, pattern, range or value that the service refuses."""
    found: list[str] = []
    validate = ParamValidator.validate

    def checked(self: ParamValidator, parameters: Any, shape: Shape) -> ValidationErrors:
        report = validate(self, parameters, shape)
        found.extend([] if report.has_errors() else problems(shape, parameters, shape.name))
        return report

    monkeypatch.setattr(ParamValidator, "validate", checked)
    yield
    assert not found, found


@pytest.fixture(scope="session")
def s3_client() -> Any:
    """Return a client for the service that `mock_aws` replaces. It is made once, because that is slow."""
    return boto3.client("s3", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
