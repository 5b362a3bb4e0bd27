"""A domain in memory behind a real socket, a bucket for what fails, and no time to lose."""

from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from lambda_shipper.delivery import bulk
from tests.shipping import Memory, Wire, wire


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
def domain(memory: Memory) -> Iterator[Wire]:
    with wire(memory) as served:
        yield served


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundredth of the first back-off: the tests are about what is sent again, not about how long that takes."""
    monkeypatch.setattr(bulk, "FIRST_DELAY_SECONDS", bulk.FIRST_DELAY_SECONDS / 100)


@pytest.fixture
def s3(s3_client: Any) -> Iterator[Any]:
    """S3 with an empty bucket `failures`."""
    with mock_aws():
        s3_client.create_bucket(Bucket="failures")
        yield s3_client
