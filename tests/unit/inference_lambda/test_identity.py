"""Identities of predictions: whose they are, and what they hold."""

import uuid

import pytest

from inference_lambda.identity import is_own, new_identity


def test_an_identity_is_the_functions_own_with_its_key_only() -> None:
    identity = new_identity("key")

    assert is_own(identity, "key")
    assert not is_own(identity, "another key")
    assert not is_own(identity, "")


@pytest.mark.parametrize("milliseconds", [0, 1, 1_800_000_000_000, 2**48 - 1])
def test_an_identity_is_a_uuid_of_version_7_that_holds_its_time(milliseconds: int) -> None:
    found = uuid.UUID(new_identity("key", milliseconds))

    assert (found.version, found.variant, found.int >> 80) == (7, uuid.RFC_4122, milliseconds)
    assert is_own(str(found), "key")


def test_an_identity_with_any_bit_changed_is_not_the_functions_own() -> None:
    identity = new_identity("key")

    for bit in range(128):
        assert not is_own(str(uuid.UUID(int=uuid.UUID(identity).int ^ 1 << bit)), "key"), bit


@pytest.mark.parametrize("other", ["", "p-1", "x" * 36, "{0}", "urn:uuid:{0}", "{{{0}}}", "{0} "])
def test_another_way_to_write_it_is_another_identity(other: str) -> None:
    identity = new_identity("key")

    assert is_own(other.format(identity), "key") == (other == "{0}")
    assert not is_own(identity.upper(), "key")


def test_identities_of_one_millisecond_differ() -> None:
    assert len({new_identity("key", 1) for _ in range(10_000)}) == 10_000
