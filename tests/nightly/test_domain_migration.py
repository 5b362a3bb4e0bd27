"""A domain's successor gets all that the old one held: two engines, and the ways that docs/operations.md names."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from opensearchpy import OpenSearch, helpers

from dashboards.importer.connection import Connection
from dashboards.importer.indices import put_index_templates
from predmon.commands.delivering.migrate import BATCH, copy_indices
from predmon.errors import UserError
from predmon.local.engine import Engine

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = {
    "cwl": (ROOT / "contracts/templates/predictions.json").read_text(),
    "drift": (ROOT / "contracts/templates/drift.json").read_text(),
    "prediction-reference": (ROOT / "contracts/templates/drift_reference.json").read_text(),
}
DAYS = ("cwl-2026.01.01", "cwl-2026.01.02")
MANY = BATCH * 2 + 7


@pytest.fixture(scope="module")
def old(opensearch_url: str) -> OpenSearch:
    """The old domain with two days of predictions, a drift report, a reference, and an index of somebody else's."""
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
        {"_index": "drift-2026.01", "_id": "report", "_source": {"@timestamp": "2026-01-02T00:00:00.000Z"}},
        {"_index": "prediction-reference", "_id": "reference", "_source": {"@timestamp": "2026-01-02T00:00:00.000Z"}},
        {"_index": "somebody-elses", "_id": "1", "_source": {"a": 1}},
    ]
    helpers.bulk(client, [*documents, *others], refresh=True)
    yield client
    client.indices.delete(index=",".join([*DAYS, "drift-2026.01", "prediction-reference", "somebody-elses"]))


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
    assert copied["drift-2026.01"] == copied["prediction-reference"] == 1
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


def test_a_document_that_the_new_domain_refuses_is_named(old: OpenSearch, new: OpenSearch) -> None:
    old.index(index=DAYS[0], id="odd", body={"@timestamp": "2026-01-01T00:00:00.000Z", "own": "text"}, refresh=True)
    new.index(index=DAYS[0], id="own", body={"own": {"is": "an object"}}, refresh=True)

    with pytest.raises(UserError, match=r"cwl-2026\.01\.01 refuses the document odd: .*own"):
        copy_indices(old, new)
