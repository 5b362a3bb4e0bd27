"""Share between all unit tests: no deadline for examples, and AWS's descriptions are read only once."""

from functools import cache
from typing import Any

import boto3
import pytest
from botocore import session
from hypothesis import HealthCheck, settings

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")
# Each session would read them again, which takes longer than the tests themselves.
session.create_loader = cache(session.create_loader)


@pytest.fixture(scope="session")
def s3_client() -> Any:
    """Return a client for the service that `mock_aws` replaces. It is made once, because that is slow."""
    return boto3.client("s3", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
