"""An import adds the fields of a newer version to the reports that are there already."""

import json

from opensearchpy import OpenSearch

from dashboards.importer.config import Config
from dashboards.importer.connection import connect
from dashboards.importer.indices import add_fields

OLD = {"verdict": {"type": "keyword"}, "words": {"type": "keyword"}}
NEW = {**OLD, "words": {"type": "text"}, "held": {"properties": {"verdict": {"type": "keyword"}}}}


def test_new_fields_are_added_and_a_field_of_another_type_stays(opensearch_url: str) -> None:
    engine = OpenSearch(opensearch_url)
    engine.indices.create(index="added-now", body={"mappings": {"dynamic": False, "properties": OLD}})
    template = {"index_patterns": ["added-*"], "template": {"mappings": {"properties": NEW}}}
    connection, _ = connect(Config(opensearch_url=opensearch_url, dashboards_url=opensearch_url))

    add_fields(connection, {"added": json.dumps(template), "cwl": json.dumps(template)})

    found = engine.indices.get_mapping(index="added-now")["added-now"]["mappings"]["properties"]
    assert (found["held"], found["words"]) == (NEW["held"], OLD["words"])
    engine.indices.delete(index="added-now")
