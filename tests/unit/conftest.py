"""What all unit tests share: examples take as long as a busy machine needs, and AWS's descriptions are read once."""

from functools import cache
from typing import Any

import boto3
import pytest
from botocore import session
from hypothesis import HealthCheck, settings

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")
# Each session would read them anew, which takes longer than what is tested with it.
session.create_loader = cache(session.create_loader)


@pytest.fixture(scope="session")
def s3_client() -> Any:
    """A client for whatever `mock_aws` stands for; made once, since that takes longer than any test with it."""
    return boto3.client("s3", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
