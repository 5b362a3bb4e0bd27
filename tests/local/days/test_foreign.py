"""What somebody else made in the domain is found before it changes a number, and mended or named."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from opensearchpy import OpenSearch, helpers

from dashboards.importer.connection import Connection, ServerError
from dashboards.importer.foreign import Foreign, find_foreign, find_taken_names, remove_pipelines
from dashboards.importer.indices import put_index_templates
from predmon.commands.deploying.account_checks import CheckStatus
from predmon.commands.deploying.domain_check import check_domain
from stacks.constructs.index_templates import index_templates
from tests.local.days.conftest import FIRST, documents
from tests.unit.predmon.commands.account import Account

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
TEMPLATES = index_templates(1)
SCORES_AS_WHOLE_NUMBERS = {"properties": {"prediction": {"properties": {"score": {"type": "integer"}}}}}


@pytest.fixture
def opensearch(engine_url: str, search: OpenSearch) -> Iterator[Connection]:
    """The engine, as the import talks to it, with our templates."""
    yield Connection("OpenSearch", engine_url, None, {})
    search.indices.delete_data_stream(name="cwl-*")
    search.indices.delete_index_template(name="theirs*", ignore=[404])
    search.indices.delete(index="somebody-elses", ignore=[404])
    search.cluster.put_settings(body={"persistent": {"action.auto_create_index": None}})


def found(opensearch: Connection) -> list[Foreign]:
    return find_foreign(opensearch, TEMPLATES, NOW)


def test_a_domain_of_our_own_has_nothing_foreign(opensearch: Connection, days: Callable[[int], int]) -> None:
    days(2)

    assert found(opensearch) == []


def test_a_template_that_wins_is_found_and_loses_after_a_repair(opensearch: Connection, search: OpenSearch) -> None:
    theirs = {"index_patterns": ["cwl*"], "priority": 500, "template": {"mappings": SCORES_AS_WHOLE_NUMBERS}}
    search.indices.put_index_template(name="theirs", body=theirs)

    [before] = found(opensearch)
    put_index_templates(opensearch, TEMPLATES)

    assert before.is_refused
    assert "cwl-2026.12.02" in before.sentence
    assert found(opensearch) == []
    search.index(index="cwl-2026.12.02", body={"prediction": {"score": 0.9}}, refresh=True)
    mean = {"size": 0, "aggs": {"mean": {"avg": {"field": "prediction.score"}}}}
    assert search.search(index="cwl-2026.12.02", body=mean)["aggregations"]["mean"]["value"] == 0.9


def test_a_template_that_nothing_can_win_over_is_refused(opensearch: Connection, search: OpenSearch) -> None:
    theirs = {"index_patterns": ["cwl*"], "priority": 2**63 - 1, "template": {"mappings": SCORES_AS_WHOLE_NUMBERS}}
    search.indices.put_index_template(name="theirs", body=theirs)

    with pytest.raises(ServerError, match=r"theirs.* same priority"):
        put_index_templates(opensearch, TEMPLATES)
    assert "prediction.score as integer instead of double" in found(opensearch)[0].sentence


def test_a_template_that_is_not_ours_any_more_is_found(opensearch: Connection, search: OpenSearch) -> None:
    edited = json.loads(TEMPLATES["cwl"])
    edited["template"]["settings"]["index.default_pipeline"] = "theirs"
    search.indices.put_index_template(name="cwl", body=edited)

    [one] = found(opensearch)

    assert one.is_refused
    assert "default_pipeline theirs" in one.sentence


@pytest.mark.parametrize("setting", ["index.default_pipeline", "index.final_pipeline", "index.search.default_pipeline"])
def test_a_pipeline_of_a_present_index_is_found_and_removed(
    opensearch: Connection, search: OpenSearch, days: Callable[[int], int], setting: str
) -> None:
    days(1)
    search.indices.put_settings(index="cwl-2026.10.01", body={setting: "theirs"})

    [before] = found(opensearch)
    remove_pipelines(opensearch)

    assert f"cwl-2026.10.01 are changed by {setting} theirs" in before.sentence
    assert found(opensearch) == []


def test_an_alias_with_the_name_of_a_day_to_come_is_refused(opensearch: Connection, search: OpenSearch) -> None:
    aliases = {"cwl-2026.12.02": {}, "cwl-2020.01.01": {}, "cwl-mine": {}}
    search.indices.create(index="somebody-elses", body={"aliases": aliases})

    assert [(each.is_refused, "cwl-2026.12.02 is an alias" in each.sentence) for each in found(opensearch)] == [
        (True, True)
    ]


@pytest.mark.parametrize("name", ["cwl-2026.12.02", "cwl-theirs"])
def test_a_data_stream_is_refused_before_a_template_is_written(
    opensearch: Connection, search: OpenSearch, name: str
) -> None:
    search.indices.put_index_template(
        name="theirs", body={"index_patterns": [name], "priority": 900, "data_stream": {}}
    )
    search.indices.create_data_stream(name=name)

    [one] = find_taken_names(opensearch, NOW)

    assert one.is_refused
    assert f"DELETE _data_stream/{name}" in one.sentence


@pytest.mark.parametrize("rule", ["false", "-cwl-*,+*", "logs-*"])
def test_a_cluster_that_makes_no_index_is_told_how_to(opensearch: Connection, search: OpenSearch, rule: str) -> None:
    search.cluster.put_settings(body={"persistent": {"action.auto_create_index": rule}})
    [before] = found(opensearch)
    allowed = before.sentence.partition("PUT _cluster/settings ")[2]
    search.cluster.put_settings(body=json.loads(allowed))

    assert before.is_refused
    assert found(opensearch) == []
    search.index(index="cwl-2026.12.02", body={"text": "a"})


def test_a_day_with_another_mapping_is_named_and_right_once_it_is_folded(
    opensearch: Connection, search: OpenSearch, run: Callable[..., dict[str, Any]]
) -> None:
    search.indices.create(index="cwl-2026.10.01", body={"mappings": SCORES_AS_WHOLE_NUMBERS})
    for number in range(2):
        helpers.bulk(search, documents("cwl", FIRST + timedelta(days=number)), refresh=True)
    mean = {"size": 0, "aggs": {"mean": {"avg": {"field": "prediction.score"}}}}
    wrong = search.search(index="cwl-2026.10.01", body=mean)["aggregations"]["mean"]["value"]

    [before] = found(opensearch)
    run(4)

    assert wrong == 0
    assert not before.is_refused
    assert "cwl-2026.10.01: prediction.score is integer there instead of double" in before.sentence
    assert found(opensearch) == []
    assert search.search(index="cwl-2026.10.01", body=mean)["aggregations"]["mean"]["value"] == pytest.approx(
        0.498, 0.01
    )


def test_the_doctor_says_how_full_the_domain_is_and_what_would_stop_an_import(
    opensearch: Connection, search: OpenSearch
) -> None:
    account = Account()
    outputs = [{"OutputKey": "OpenSearchUrl", "OutputValue": opensearch.url}]
    stack = {"StackName": "a", "CreationTime": NOW, "StackStatus": "CREATE_COMPLETE", "Outputs": outputs}
    account.answers["cloudformation.DescribeStacks"] = {"Stacks": [stack]}

    before = check_domain(account.session, "a")
    search.cluster.put_settings(body={"persistent": {"action.auto_create_index": "false"}})
    after = check_domain(account.session, "a")

    assert (before.status, after.status) == (CheckStatus.OK, CheckStatus.WRONG)
    assert "of 1,000 shards" in before.message
    assert "action.auto_create_index is false" in after.message
