"""Logs of other accounts and regions: their source is a field of the document, and no line can forge it."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from lambda_shipper.domain.client import Client
from lambda_shipper.handler import ship
from lambda_shipper.reading.decoding import by_source, decode
from tests.shipping import Memory, Wire, log_events, payload, prediction

SOURCE = {"@aws.account": "210987654321", "@aws.region": "eu-west-1"}
RAW = '{"prediction": {"label": "a", "score": 0.5}, broken'


def delivered(
    domain: Wire,
    memory: Memory,
    lines: list[str],
    fields: list[Any],
    config: Mapping[str, str] | None = None,
    **changes: Any,
) -> dict[str, Any]:
    events = log_events(lines)
    for event, each in zip(events, fields, strict=True):
        if each is not None:
            event["extractedFields"] = each
    made = domain.config(**(config or {}))
    ship([decode(payload(events, **changes), 10**8)], made, Client(made), until=10**12)
    return {document["@id"].lstrip("0") or "0": document for document in memory.documents.values()}


def test_the_source_of_a_copied_log_is_in_its_documents(domain: Wire, memory: Memory) -> None:
    found = delivered(domain, memory, [prediction(1), RAW, prediction(2)], [SOURCE, SOURCE, None])

    assert [(found[id]["@owner"], found[id].get("@region")) for id in "012"] == [
        ("210987654321", "eu-west-1"),
        ("210987654321", "eu-west-1"),
        ("123456789012", None),
    ]


@pytest.mark.parametrize("fields", [7, {}, {"$1": "x"}, {"@aws.account": "mine", "@aws.region": 'x","a":"'}, None])
def test_fields_that_name_no_source_leave_the_batchs_owner(fields: Any, domain: Wire, memory: Memory) -> None:
    (document,) = delivered(domain, memory, [prediction(1)], [fields]).values()

    assert document["@owner"] == "123456789012"
    assert "@region" not in document


@pytest.mark.parametrize("fields", [SOURCE, None])
@pytest.mark.parametrize("more", [{}, {"unusual": 1}])
def test_a_line_cannot_say_that_it_is_of_another_account_or_group(
    fields: Any, more: dict[str, Any], domain: Wire, memory: Memory
) -> None:
    forged = {"@owner": "999999999999", "@region": "xx-forged-1", "@log_group": "/theirs", "@log_stream": "theirs"}
    line = json.dumps({**json.loads(prediction(1)), **forged, **more})

    (document,) = delivered(domain, memory, [line], [fields]).values()

    source = (SOURCE["@aws.account"], SOURCE["@aws.region"]) if fields else ("123456789012", None)
    assert (document["@owner"], document.get("@region")) == source
    assert document["@log_group"] == "/aws/lambda/inference"
    assert "theirs" not in json.dumps({key: value for key, value in document.items() if key != "@message"})


def test_log_groups_of_the_same_name_in_two_accounts_are_two(domain: Wire, memory: Memory) -> None:
    found = delivered(
        domain,
        memory,
        [prediction(1), prediction(2), prediction(3)],
        [SOURCE, {**SOURCE, "@aws.region": "eu-central-1"}, None],
        config={"account": "123456789012", "opensearch_region": "eu-central-1"},
    )

    assert [found[id]["@log_group"] for id in "012"] == [
        "210987654321:eu-west-1:/aws/lambda/inference",
        "210987654321:/aws/lambda/inference",
        "/aws/lambda/inference",
    ]


def test_what_another_account_sends_is_named_after_it(domain: Wire, memory: Memory) -> None:
    config = {"account": "123456789012"}

    (document,) = delivered(domain, memory, [prediction(1)], [None], config=config, owner="210987654321").values()

    assert (document["@owner"], document["@log_group"]) == ("210987654321", "210987654321:/aws/lambda/inference")


def test_an_ordinary_batch_stays_whole() -> None:
    batch = decode(payload(log_events([prediction(1)])), 10**8)

    assert [*by_source(batch)] == [batch]


@pytest.mark.parametrize(
    ("line", "label"),
    [
        ('{"text": "****", "prediction": {"label": "****", "score": 0.9}}', None),
        ('{"text": "Send it to ********************.", "prediction": {"label": "ham", "score": 0.9}}', "ham"),
        ('{"prediction": {"label": "****", "score": 0.9}, "prediction_id": "a"}', None),
        ('{"prediction": {"label": "*", "score": 0.9}}', "*"),
    ],
)
def test_a_masked_value_is_indexed_as_it_is_and_is_no_class(
    line: str, label: str | None, domain: Wire, memory: Memory
) -> None:
    (document,) = delivered(domain, memory, [line], [None]).values()

    assert document["@message"] == line
    assert document["prediction"].get("label") == label
    assert document["prediction"]["score"] == 0.9
