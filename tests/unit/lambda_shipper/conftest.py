"""A domain in memory behind a real socket."""

from collections.abc import Iterator

import pytest

from tests.shipping import Memory, Wire, wire


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
def domain(memory: Memory) -> Iterator[Wire]:
    with wire(memory) as served:
        yield served
