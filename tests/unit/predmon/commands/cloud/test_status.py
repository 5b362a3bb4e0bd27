"""`predmon status`: what it says to people and to programs, and which retries are under way."""

import json
from typing import Any

import pytest
from click.testing import CliRunner

from contracts.indices import PATTERNS
from predmon.commands.cloud.retries import Retries, count_retries
from predmon.commands.cloud.status import status
from tests.unit.predmon.commands.conftest import Server
from tests.unit.predmon.commands.untouched import untouched_domain

NODE = {
    "jvm": {"mem": {"heap_max_in_bytes": 2**30, "heap_used_percent": 40}},
    "fs": {"total": {"available_in_bytes": 5 * 2**30, "total_in_bytes": 10 * 2**30}},
}


def report(batch: str, failed: int = 0, rejected: int = 0) -> dict[str, Any]:
    return {"_aws": {}, "batch": batch, "kept_raw": 0, "failed": failed, "rejected": rejected}


@pytest.fixture
def deployed(server: Server) -> Server:
    """A stack whose shipper has reported a batch that failed once."""
    server.has_stack(
        OpenSearchUrl=server.url,
        DashboardUrl="http://dashboard",
        ShipperFunctionName="shipper",
        FailureBucketName="failures",
    )
    server.answers |= {
        "POST /cwl-*/_count": {"count": 2140},
        "POST /raw-*/_count": {"count": 1},
        "GET /_cluster/health": {
            "active_shards": 20,
            "unassigned_shards": 0,
            "initializing_shards": 0,
            "number_of_data_nodes": 1,
        },
        "GET /_cluster/settings": {
            "defaults": {"cluster.max_shards_per_node": "1000"},
            "persistent": {},
            "transient": {},
        },
        **untouched_domain(),
        "GET /_nodes/stats/jvm,fs": {"nodes": {"a": NODE}},
        "POST /prediction-actuals/_search": {"aggregations": {"values": {"buckets": []}}},
        "GET /2015-03-31/functions/shipper/configuration": {"FunctionName": "shipper"},
        "GET /failures": "<ListBucketResult></ListBucketResult>",
        "POST /": {"events": [{"message": json.dumps(report("1", failed=7)), "timestamp": 1, "eventId": "1"}]},
    }
    return server


def test_a_batch_is_tried_again_until_it_is_delivered_or_in_the_bucket() -> None:
    failing = [report("a", failed=3), report("b", failed=2), report("b"), *[report("c", failed=1)] * 3]

    assert count_retries([*failing, report("d", failed=5, rejected=5), {"kept_raw": 0}]) == Retries(1, 3)


def test_what_is_tried_again_is_said(deployed: Server) -> None:
    result = CliRunner().invoke(status, [])

    assert result.exit_code == 0, result.output
    assert f"Not on AWS: AWS_ENDPOINT_URL names {deployed.url}" in result.output
    assert "2,140 predictions indexed, 1 line kept raw" in result.output
    assert "Not delivered yet, and tried again soon: 7 predictions (predmon logs shipper)" in result.output
    assert max(map(len, result.output.splitlines())) <= 80


def test_a_program_gets_json_and_nothing_else(deployed: Server) -> None:
    deployed.answers["POST /"]["events"][0]["message"] = json.dumps(
        report("1", failed=7) | {"groups": {"/a": {"indexed": 3, "newest": 1_000}}}
    )

    found = json.loads(CliRunner().invoke(status, ["--json"]).output)

    assert (found["predictions"], found["kept_raw"], found["waiting"], found["set_aside"]) == (2140, 1, 0, 0)
    assert found["trying_again"] == {"batches": 1, "predictions": 7}
    (group,) = found["groups"]
    assert (group["log_group"], group["indexed"], group["newest"]) == ("/a", 3, "1970-01-01T00:00:01+00:00")
    assert found["services"].keys() == {"OpenSearch", "the AWS emulator", "the dashboards preview"}
    assert found["unreadable"] == []


def test_attached_groups_that_sent_nothing_are_named(server: Server, deployed: Server) -> None:
    deployed.has_stack(
        OpenSearchUrl=server.url,
        DashboardUrl="http://dashboard",
        ShipperFunctionName="shipper",
        FailureBucketName="failures",
        LogGroupNames="/a,/b",
    )
    reported = report("1") | {"groups": {"/a": {"indexed": 3, "newest": 1_000}}}
    deployed.answers["POST /"]["events"][0]["message"] = json.dumps(reported)

    said = CliRunner().invoke(status, []).output

    assert "Attached, but no prediction yet: /b" in said
    assert "yet: /a" not in said


@pytest.mark.parametrize(
    ("predictions", "actuals", "says"),
    [
        (0, [], "Next: predmon check-line"),
        (9, [], "Next: predmon actuals FILE"),
        (9, [{"key": "joined", "doc_count": 1200}, {"key": "unknown", "doc_count": 3}], "Next: predmon drift report"),
    ],
)
def test_the_next_step_fits_what_is_there(
    deployed: Server, predictions: int, actuals: list[dict[str, Any]], says: str
) -> None:
    deployed.answers["POST /cwl-*/_count"] = {"count": predictions}
    deployed.answers["POST /prediction-actuals/_search"] = {"aggregations": {"values": {"buckets": actuals}}}

    said = CliRunner().invoke(status, []).output

    assert says in said
    assert ("Actuals: joined 1,200, unknown 3" in said) == bool(actuals)


def test_who_may_not_read_the_bucket_still_gets_the_rest(deployed: Server) -> None:
    del deployed.answers["GET /failures"]

    result = CliRunner().invoke(status, [])

    assert "2,140 predictions indexed" in result.output
    assert "The failure bucket cannot be read" in result.output


def test_it_names_what_somebody_else_made_in_the_domain(deployed: Server) -> None:
    alias = {"name": "cwl-9999.01.01", "indices": ["theirs"]}
    deployed.answers[f"GET /_resolve/index/{','.join(PATTERNS)}"] = {"aliases": [alias], "data_streams": []}

    said = " ".join(CliRunner().invoke(status).output.split())

    assert "cwl-9999.01.01 is an alias of theirs" in said


def test_it_says_what_the_domain_has_room_for(deployed: Server) -> None:
    said = CliRunner().invoke(status).output

    assert "20 of 1,000 shards (rated for 25), heap 40 % used, disk 5.0 GiB free (50 %)" in " ".join(said.split())
