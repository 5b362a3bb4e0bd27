"""A domain's successor gets all that the old one held: two engines, and the ways that docs/operations.md names."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from opensearchpy import OpenSearch, helpers

from contracts import actuals
from contracts.indices import INDICES
from dashboards.importer.connection import Connection
from dashboards.importer.indices import put_index_templates
from predmon.commands.delivering.migrate import BATCH, copy_indices
from predmon.errors import UserError
from predmon.local.engine import Engine

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = {each.template: (ROOT / "contracts/templates" / each.template_file).read_text() for each in INDICES}
MOMENT = datetime(2026, 1, 2, tzinfo=UTC)
SINGLE = {name: "report" for each in INDICES[1:] for name in (each.name_at(MOMENT), *each.fixed_names)}
"""An index of each kind beside the predictions, and the id of its one document."""
DAYS = ("cwl-2026.01.01", "cwl-2026.01.02")
MANY = BATCH * 2 + 7


@pytest.fixture(scope="module")
def old(opensearch_url: str) -> OpenSearch:
    """The old domain with two days of predictions, an index of each other kind, and one of somebody else's."""
    put_index_templates(Connection("OpenSearch", opensearch_url, None, {}), TEMPLATES)
    client = OpenSearch(opensearch_url, timeout=30)
    documents = [
        {
            "_index": day,
            "_id": f"{day}-{number}",
            "_source": {"@timestamp": f"2026-01-0{1 + DAYS.index(day)}T00:00:00.000Z", "text": f"sentence {number}",
                        "prediction": {"label": "acceptable", "score": number / MANY}},
        }
        for day in DAYS
        for number in range(MANY)
    ]  # fmt: skip
    others = [
        {"_index": name, "_id": id_, "_source": {"@timestamp": "2026-01-02T00:00:00.000Z"}}
        for name, id_ in {**SINGLE, "somebody-elses": "1"}.items()
    ]
    helpers.bulk(client, [*documents, *others], refresh=True)
    yield client
    client.indices.delete(index=",".join([*DAYS, *SINGLE, "somebody-elses"]))


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenSearch]:
    """The new domain, as a deployment leaves it."""
    engine = Engine(tmp_path_factory.mktemp("new"))
    url = engine.start()
    put_index_templates(Connection("OpenSearch", url, None, {}), TEMPLATES)
    yield OpenSearch(url, timeout=30)
    engine.stop()


def test_everything_of_ours_is_copied_with_its_id_and_nothing_else(old: OpenSearch, new: OpenSearch) -> None:
    copied = copy_indices(old, new)

    assert {index: copied[index] for index in DAYS} == dict.fromkeys(DAYS, MANY)
    assert {index: copied[index] for index in SINGLE} == dict.fromkeys(SINGLE, 1)
    assert all(new.exists(index=index, id=id_) for index, id_ in SINGLE.items())
    assert not new.indices.exists(index="somebody-elses")
    for id_ in (f"{DAYS[0]}-0", f"{DAYS[1]}-{MANY - 1}"):
        index = id_.rpartition("-")[0]
        assert new.get(index=index, id=id_)["_source"] == old.get(index=index, id=id_)["_source"]


def test_the_new_days_have_the_mapping_of_the_templates(old: OpenSearch, new: OpenSearch) -> None:
    def fields(client: OpenSearch) -> object:
        return client.indices.get_mapping(index=DAYS[0])[DAYS[0]]["mappings"]["properties"]["prediction"]

    assert fields(new) == fields(old)


def test_repeating_it_after_an_interruption_doubles_nothing(old: OpenSearch, new: OpenSearch) -> None:
    new.delete(index=DAYS[0], id=f"{DAYS[0]}-3", refresh=True)

    copy_indices(old, new)

    assert new.count(index=",".join(DAYS))["count"] == 2 * MANY


def test_an_actual_that_is_newer_in_the_new_domain_stays(old: OpenSearch, new: OpenSearch) -> None:
    for client, milliseconds, label in ((old, 1000, "a"), (new, 2000, "b"), (old, 3000, "c"), (new, 500, "d")):
        id_ = "first" if milliseconds in (1000, 2000) else "second"
        told = {"label": label}
        head = actuals.action(id_, told, milliseconds)["index"]
        document = actuals.document(id_, told, milliseconds, source="a file")
        client.index(
            index=head["_index"],
            id=head["_id"],
            body=document,
            params={"version": head["version"], "version_type": "external", "refresh": "true"},
        )

    copy_indices(old, new)

    found = [new.get(index=actuals.INDEX, id=actuals.identity(id_))["_source"] for id_ in ("first", "second")]
    assert [each["actual"]["label"] for each in found] == ["b", "c"]


def test_a_document_that_the_new_domain_refuses_is_named(old: OpenSearch, new: OpenSearch) -> None:
    old.index(index=DAYS[0], id="odd", body={"@timestamp": "2026-01-01T00:00:00.000Z", "own": "text"}, refresh=True)
    new.index(index=DAYS[0], id="own", body={"own": {"is": "an object"}}, refresh=True)

    with pytest.raises(UserError, match=r"cwl-2026\.01\.01 refuses the document odd: .*own"):
        copy_indices(old, new)
