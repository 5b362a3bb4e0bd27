"""Write the index templates, and make a first index for every pattern, so that no panel shows an error."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from contracts.indices import INDICES
from dashboards.importer.connection import Connection, ServerError
from dashboards.importer.foreign import overlaps

FIRST_INDEX = {
    **{each.pattern: each.name for each in INDICES if each.is_shown},
    **{name: name for each in INDICES for name in each.fixed_names},
}
"""The name of today's index for each pattern that panels search. No index is made for other patterns."""

SEARCHES_DOC_VALUES = (2, 19)
"""The oldest engine on which it was seen that a field without an index is found by its doc values."""
MOST_PRIORITY = 2**63 - 1
"""The engine refuses two templates of one priority that could match one index, and names the other."""
MATCH_ONLY_TEXT = (3, 1)
"""The oldest engine whose Dashboards takes `match_only_text` for text (OpenSearch-Dashboards, pull request 9707): words
without positions, and a phrase is looked up in the documents that have its words."""
OLDEST = "2.11"
CODEC_SETTING = "index.codec"
CODEC, BETTER_CODEC = "best_compression", "zstd"
"""Every engine has the first. The second makes indices as small for less CPU time. It is a plugin, which the service
has since 2.9; an engine without it refuses the template."""


def wait_for_opensearch(opensearch: Connection, *, until: float) -> None:
    """Return once the cluster accepts writes (yellow or green)."""
    opensearch.wait_until(
        lambda: opensearch.call("GET", "/_cluster/health").get("status") in ("yellow", "green"), until=until
    )


def put_index_templates(opensearch: Connection, templates: dict[str, str]) -> None:
    """Write each template; the values are JSON texts. A template changes only indices that are made after it.

    A template with CODEC gets BETTER_CODEC if the engine has it. Each gets a priority above those of other templates
    for the same indices: the engine takes one template only, and would take theirs without a word.

    Raises:
        ValueError: if a template is not JSON.
    """
    codec = BETTER_CODEC
    theirs = _all_templates(opensearch)
    version = opensearch.call("GET", "/").get("version", {}).get("number") or OLDEST
    for name, text in templates.items():
        try:
            body = json.loads(text)
        except ValueError as error:
            raise ValueError(f"the index template {name!r} is not JSON: {error}") from error
        settings = body.get("template", {}).get("settings", {})
        fit_engine(body, version)
        if "priority" in body:
            highest = _highest_other(theirs, templates, body["index_patterns"])
            body["priority"] = min(MOST_PRIORITY, max(body["priority"], highest + 1))
        if settings.get(CODEC_SETTING) == CODEC:
            settings[CODEC_SETTING] = codec
        try:
            opensearch.call("PUT", f"/_index_template/{name}", json=body)
        except ServerError as error:
            if settings.get(CODEC_SETTING) != BETTER_CODEC or CODEC_SETTING not in error.body:
                raise
            settings[CODEC_SETTING] = codec = CODEC
            opensearch.call("PUT", f"/_index_template/{name}", json=body)


def _all_templates(opensearch: Connection) -> list[dict[str, Any]]:
    try:
        return list(opensearch.call("GET", "/_index_template").get("index_templates", ()))
    except ServerError as error:
        if error.status == 404:
            return []
        raise


def _highest_other(found: list[dict[str, Any]], ours: Mapping[str, str], patterns: list[str]) -> int:
    """Return the highest priority of somebody else's template that an index of these patterns could match."""
    return max(
        (
            each["index_template"].get("priority", 0)
            for each in found
            for pattern in each["index_template"]["index_patterns"]
            if each["name"] not in ours and overlaps(patterns[0], pattern)
        ),
        default=-1,
    )


def fit_engine(body: dict[str, Any], version: str) -> None:
    """Change in a template what this engine has not, or has a smaller form for: the fields that its `_meta` names."""
    number = tuple(map(int, version.split(".")[:2]))
    meta = body.get("_meta", {})
    if number < SEARCHES_DOC_VALUES:
        for path in meta.get("searched_by_doc_values", ()):
            del _field(body, path)["index"]
    if number >= MATCH_ONLY_TEXT:
        for path in meta.get("without_positions", ()):
            field = _field(body, path)
            del field["norms"]
            field["type"] = "match_only_text"


def _field(body: dict[str, Any], path: str) -> dict[str, Any]:
    field: dict[str, Any] = body["template"]["mappings"]
    for part in path.split("."):
        field = field["properties"][part]
    return field


def ensure_indices(opensearch: Connection, patterns: list[str], *, now: datetime | None = None) -> list[str]:
    """Make today's index for each pattern that matches no index, and return the names of those made."""
    made = []
    for pattern in (each for several in patterns for each in several.split(",")):
        if pattern not in FIRST_INDEX:
            continue
        found = opensearch.call("GET", f"/_resolve/index/{pattern}")
        if any(found.values()):
            continue
        name = (now or datetime.now(UTC)).strftime(FIRST_INDEX[pattern])
        try:
            opensearch.call("PUT", f"/{name}")
        except ServerError as error:
            if "resource_already_exists_exception" not in error.body:
                raise
        made.append(name)
    return made


def add_fields(opensearch: Connection, templates: dict[str, str]) -> None:
    """Add the fields that a newer version's templates name to the indices that are there already.

    A template changes only indices that are made after it, and `drift-now` is never made again. A field that an index
    has with another type stays as it is. Indices of a day are left alone: there are many, and tomorrow's is new.
    """
    of_days = {each.template for each in INDICES if each.is_deleted_by_age}
    for template in (json.loads(text) for name, text in templates.items() if name not in of_days):
        fields = template.get("template", {}).get("mappings", {}).get("properties", {})
        for pattern in template["index_patterns"] if fields else ():
            for name in opensearch.call("GET", f"/_resolve/index/{pattern}").get("indices", []):
                _add_fields(opensearch, name["name"], fields)


def _add_fields(opensearch: Connection, index: str, fields: dict[str, Any]) -> None:
    try:
        opensearch.call("PUT", f"/{index}/_mapping", json={"properties": fields})
    except ServerError as error:
        if error.status != 400:
            raise
        for name, field in fields.items() if len(fields) > 1 else ():
            _add_fields(opensearch, index, {name: field})
