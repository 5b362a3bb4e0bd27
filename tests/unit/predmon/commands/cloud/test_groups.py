"""`predmon status`: a line for each log group, from what the shipper reports."""

import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from lambda_shipper.config import Config
from lambda_shipper.replay import StoredObject
from predmon.commands.cloud.groups import (
    GroupCounts,
    count_waiting_events,
    find_ignored_example,
    group_counts,
    read_in_two_ways,
    table,
)
from predmon.commands.deployment.target import Target
from tests.shipping import log_events, payload
from tests.unit.predmon.commands.conftest import Server


@pytest.fixture
def target(server: Server) -> Target:
    server.has_stack(ShipperFunctionName="shipper", FailureBucketName="failures", OpenSearchUrl=server.url)
    variables = Config(opensearch_url=server.url).to_env()
    server.answers["GET /2015-03-31/functions/shipper/configuration"] = {
        "FunctionName": "shipper",
        "Environment": {"Variables": variables},
    }
    return Target.on_aws()


def logged(*messages: Any) -> dict[str, Any]:
    """What FilterLogEvents answers."""
    texts = [each if isinstance(each, str) else json.dumps(each) for each in messages]
    return {"events": [{"message": text, "timestamp": 1, "eventId": str(n)} for n, text in enumerate(texts)]}


def test_reports_of_all_invocations_are_added_up_by_log_group(server: Server, target: Target) -> None:
    first = {"groups": {"/a": {"indexed": 3, "ignored": 2, "newest": 5_000}, "/b": {"kept_raw": 1}}}
    second = {"groups": {"/a": {"indexed": 4, "left_out": 1, "failed_predictions": 2, "newest": 9_000}}}
    server.answers["POST /"] = logged(first, "[INFO] no groups {", second)

    found = group_counts(target, 0, {"/b": 7})

    assert [each.log_group for each in found] == ["/b", "/a"]
    found.reverse()
    assert dict(found[0].counts) == {
        "indexed": 7, "ignored": 2, "kept_raw": 0, "left_out": 1, "failed_predictions": 2, "waiting": 0,
    }  # fmt: skip
    assert (found[0].newest, found[1].counts["waiting"], found[1].counts["kept_raw"]) == (9_000, 7, 1)


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({"lists_as_classes": 145, "lists_as_values": 355, "indexed": 500}, "145 as scores of classes, 355 as values"),
        ({"lists_as_classes": 213, "lists_as_labels": 889, "indexed": 1102}, "213 as scores of classes, 889 as labels"),
        ({"maps_as_scores": 3, "indexed": 5}, "3 of 5 predictions are independent scores"),
        ({"lists_as_classes": 500, "indexed": 500}, None),
        ({"maps_as_scores": 5, "indexed": 5}, None),
    ],
)
def test_log_group_that_was_read_in_two_ways_is_named(counts: dict[str, int], words: str | None) -> None:
    said = read_in_two_ways(GroupCounts("/aws/lambda/a", Counter(counts), 0))

    assert (words is None and said is None) or (words and said and words in said and "/aws/lambda/a" in said)


def test_table_fits_a_terminal_and_shows_the_end_of_long_names() -> None:
    counts = dict.fromkeys(("indexed", "ignored", "kept_raw", "left_out", "failed_predictions", "waiting"), 1_234_567)

    lines = table([GroupCounts("/aws/lambda/a-very-long-name-of-reviews", counts, 0), GroupCounts("/b", counts, 1)])

    assert max(map(len, lines)) <= 80
    assert lines[1].startswith("…")
    assert "-of-reviews" in lines[1]
    assert lines[2].endswith("00:00")


def test_what_waits_in_the_failure_bucket_is_counted_by_log_group(server: Server, target: Target) -> None:
    keys = [f"aws/lambda/async/shipper/{name}" for name in ("good", "bad")] + ["rejected/x"]
    record = {"requestPayload": payload(log_events(["a", "b"]), logGroup="/a")}
    server.answers[f"GET /failures/{keys[0]}"] = record
    server.answers[f"GET /failures/{keys[1]}"] = {"something": "else"}

    waiting = count_waiting_events(target, [StoredObject(key, datetime.now(UTC), 1) for key in keys])

    assert waiting == {"/a": 2}


@pytest.mark.parametrize(("store_text", "shown"), [("full", "a prediction, in words"), ("hash", "(not shown")])
def test_ignored_line_is_shown_only_where_text_may_be_stored(
    server: Server, target: Target, store_text: str, shown: str
) -> None:
    config = Config(opensearch_url=server.url, store_text=store_text)
    server.answers["GET /2015-03-31/functions/shipper/configuration"] = {"Environment": {"Variables": config.to_env()}}
    server.answers["POST /"] = logged({"prediction": 1}, "a prediction, in words " + "x" * 1000)

    example = find_ignored_example(target, "/a", 0)

    assert example is not None
    assert example.startswith(shown)
    assert len(example) <= 400


def test_no_example_is_given_where_none_was_ignored(server: Server, target: Target) -> None:
    server.answers["POST /"] = logged({"prediction": 1})

    assert find_ignored_example(target, "/a", 0) is None
