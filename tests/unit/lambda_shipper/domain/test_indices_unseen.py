"""What the shipper does when the domain does not show an index's fields, or takes none."""

from collections.abc import Iterator

import pytest

from lambda_shipper.domain.indices import FUNCTION_FIELDS, open_indices
from tests.shipping import Memory, Reply, Request, Wire, delivered, prediction

DAY = "cwl-2026.11.22"


@pytest.fixture(autouse=True)
def nothing_known() -> Iterator[None]:
    open_indices.cache_clear()
    yield
    open_indices.cache_clear()


@pytest.mark.parametrize("status", [403, 404, 501])
def test_domain_that_does_not_show_its_fields_gets_all_that_fit_the_budget(
    domain: Wire, memory: Memory, status: int
) -> None:
    domain.answer = lambda request: Reply(status) if request.method != "POST" else memory(request)

    lines = [prediction(number, by_customer={f"c{number}": 0.1}) for number in range(300)]

    outcome = delivered(domain, lines)

    assert (outcome.indexed, outcome.totals()["left_out"]) == (300, 300 - FUNCTION_FIELDS + 1)


def test_field_that_another_environment_adds_meanwhile_with_another_type_is_taken_as_it_is(
    domain: Wire, memory: Memory
) -> None:
    def race(request: Request) -> Reply:
        if request.method == "PUT" and len(domain.about_fields) == 4:
            memory.mappings[DAY]["properties"]["tenant"] = {"properties": {"name": {"type": "text"}}}
            return Reply(400, b'{"error": {"reason": "merge a non object mapping"}}')
        return memory(request)

    domain.answer = race

    outcome = delivered(domain, [prediction(1, tenant="north", country="NO")])

    [document] = memory.documents.values()
    assert outcome.indexed == 1
    assert document["shipper"]["left_out"] == ["tenant"]
    assert document["country"] == "NO"


def test_index_without_room_leaves_new_keys_out_at_once(domain: Wire, memory: Memory) -> None:
    def full(request: Request) -> Reply:
        if request.method == "PUT" and request.path.endswith("_mapping"):
            return Reply(400, b'{"error": {"reason": "Limit of total fields [1000] has been exceeded"}}')
        return memory(request)

    domain.answer = full

    outcome = delivered(domain, [prediction(1, tenant="north")])

    assert (outcome.indexed, outcome.totals()["left_out"]) == (1, 1)
