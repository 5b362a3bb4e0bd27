"""Find what somebody else made in the domain that changes what is stored as a prediction, or what is counted as one.

The engine takes one template for an index, follows any alias or data stream of a name, and runs any pipeline that a
setting names, all without a word: a score that is mapped as a whole number turns 0.9 into 0.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any

from contracts.indices import INDICES, PATTERNS, Index
from contracts.mappings import is_right, types
from dashboards.importer.connection import Connection, ServerError
from dashboards.importer.retention import ISM, NO_PLUGIN, POLICY

PIPELINES = ("index.default_pipeline", "index.final_pipeline", "index.search.default_pipeline")
AUTO_CREATE = "action.auto_create_index"
ALL = "expand_wildcards=all"
MOST_NAMES = 3


@dataclass(frozen=True)
class Foreign:
    """One thing of somebody else's: what it does, where, and what to do about it."""

    sentence: str
    is_refused: bool = False
    """Whether documents to come would be stored wrong or not at all. Other things concern what is there, or may be
    wanted."""


def find_foreign(opensearch: Connection, templates: Mapping[str, str], now: datetime | None = None) -> list[Foreign]:
    """Compare what the next indices would have, and what the present ones have, with the templates (JSON texts).

    Only reads. Raises ServerError where the domain does not answer.
    """
    now = now or datetime.now(UTC)
    kinds = [(each, _types_of(json.loads(templates[each.template]))) for each in INDICES if each.template in templates]
    if taken := list(find_taken_names(opensearch, now)):
        return taken  # the engine cannot say what an index would have whose name is taken
    found = [each for kind, wanted in kinds for each in _next_index(opensearch, kind, wanted, now)]
    found += [each for kind, wanted in kinds for each in _present_indices(opensearch, kind, wanted)]
    for name, settings in pipelines(opensearch).items():
        found.append(
            Foreign(
                f"Documents of the index {name} are changed by {', '.join(f'{k} {v}' for k, v in settings.items())}. "
                "To remove the setting: predmon import --repair",
                is_refused=True,
            )
        )
    return [*found, *_policies(opensearch), *_auto_create(opensearch, now)]


def _types_of(template: Mapping[str, Any]) -> dict[str, str]:
    return dict(types(template.get("template", {}).get("mappings", {}).get("properties", {})))


def pipelines(opensearch: Connection) -> dict[str, dict[str, str]]:
    """Return the settings of present indices by which documents or answers are changed, by index."""
    path = f"/{','.join(PATTERNS)}/_settings/index.*pipeline*?flat_settings=true&ignore_unavailable=true&{ALL}"
    settings = {name: each["settings"] for name, each in opensearch.call("GET", path).items()}
    found = {
        name: {key: each[key] for key in PIPELINES if each.get(key, "_none") != "_none"}
        for name, each in settings.items()
    }
    return {name: each for name, each in found.items() if each}


def remove_pipelines(opensearch: Connection) -> None:
    """Take these settings from the indices."""
    for name, settings in pipelines(opensearch).items():
        opensearch.call("PUT", f"/{name}/_settings", json=dict.fromkeys(settings))


def _next_index(opensearch: Connection, kind: Index, wanted: Mapping[str, str], now: datetime) -> Iterator[Foreign]:
    name = kind.name_at(now + timedelta(days=1))
    made = opensearch.call("POST", f"/_index_template/_simulate_index/{name}")
    if "template" not in made:
        yield Foreign(f"The index template {kind.template} is missing. To write it: predmon import --repair", True)
        return
    has = _types_of(made)
    wrong = [
        f"{path} as {has[path]} instead of {type}"
        for path, type in wanted.items()
        if path in has and not is_right(path, type, has[path])
    ]
    wrong += [f"no {path}" for path in wanted if path not in has]
    index = made["template"].get("settings", {}).get("index", {})
    wrong += [f"index.{key} {index[key]}" for key in ("default_pipeline", "final_pipeline") if key in index]
    if wrong:
        more = f" and {len(wrong) - MOST_NAMES} more" if len(wrong) > MOST_NAMES else ""
        yield Foreign(
            f"Another index template than {kind.template} wins for {name}, which would have "
            f"{', '.join(wrong[:MOST_NAMES])}{more}. To give ours the higher priority: predmon import --repair. "
            "Or narrow the patterns of the other one (GET _index_template in Dev Tools)",
            True,
        )


def find_taken_names(opensearch: Connection, now: datetime | None = None) -> Iterator[Foreign]:
    """Give aliases and data streams that have the name of one of our indices.

    With a data stream the engine refuses our template, whatever its priority.
    """
    now = now or datetime.now(UTC)
    found = opensearch.call("GET", f"/_resolve/index/{','.join(PATTERNS)}?{ALL}")
    for stream in found["data_streams"]:
        yield Foreign(
            f"{stream['name']} is a data stream. Searches count its documents too, and it takes none of ours. Rename "
            "it: copy it with POST _reindex to a name outside the pattern, then DELETE _data_stream/" + stream["name"],
            True,
        )
    for alias in found["aliases"]:
        if _is_to_come(alias["name"], now):
            yield Foreign(
                f"{alias['name']} is an alias of {', '.join(alias['indices'])}, so that index would take the "
                "documents, with its own mapping. Remove it: POST _aliases "
                f'{{"actions": [{{"remove": {{"index": "{alias["indices"][0]}", "alias": "{alias["name"]}"}}}}]}}',
                True,
            )


def _is_to_come(name: str, now: datetime) -> bool:
    """Return whether documents are still written to an index of this name."""
    for kind in INDICES:
        present = kind.name_at(now)
        starts_alike = name.startswith(kind.pattern.removesuffix("*")) and len(name) == len(present)
        if name in kind.fixed_names or (starts_alike and name >= present):
            return True
    return False


def _present_indices(opensearch: Connection, kind: Index, wanted: Mapping[str, str]) -> Iterator[Foreign]:
    path = f"/{kind.pattern}/_field_caps?fields={','.join(wanted)}&ignore_unavailable=true&allow_no_indices=true"
    found = opensearch.call("GET", path)
    for field, has in found["fields"].items():
        for type, each in has.items():
            if field in wanted and type not in ("unmapped", "object") and not is_right(field, wanted[field], type):
                names = each.get("indices", found["indices"])
                more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
                yield Foreign(
                    f"{', '.join(names[:MOST_NAMES])}{more}: {field} is {type} there instead of {wanted[field]}, so "
                    "panels over these days count it wrong or show an error. A past day is mended when it is folded"
                )


def _policies(opensearch: Connection) -> Iterator[Foreign]:
    """Find policies of index state management that manage indices of ours as soon as they are made."""
    try:
        stored = opensearch.call("GET", f"{ISM}/policies?size=1000").get("policies", ())
    except ServerError as error:
        if error.status == 404 or NO_PLUGIN in error.body:
            return
        raise
    for each in stored:
        patterns = [one for template in each["policy"].get("ism_template") or () for one in template["index_patterns"]]
        ours = [one for one in patterns if any(overlaps(one, pattern) for pattern in PATTERNS)]
        if each["_id"] != POLICY and ours:
            states = each["policy"].get("states", ())
            actions = sorted(
                {key for state in states for action in state["actions"] for key in action if key != "retry"}
            )
            yield Foreign(
                f"The policy {each['_id']} manages new indices of {', '.join(ours)} ({', '.join(actions)}). Past days "
                "are folded and deleted by this project: take the pattern out of the policy's ism_template"
            )


def overlaps(pattern: str, other: str) -> bool:
    """Return whether one index could match both patterns, as far as their beginnings say."""
    start, other_start = pattern.partition("*")[0], other.partition("*")[0]
    return start.startswith(other_start) or other_start.startswith(start)


def _auto_create(opensearch: Connection, now: datetime) -> Iterator[Foreign]:
    """Find out whether the cluster's settings forbid that a bulk request makes an index."""
    settings = opensearch.call("GET", "/_cluster/settings?flat_settings=true")
    rule = settings["transient"].get(AUTO_CREATE, settings["persistent"].get(AUTO_CREATE, "true"))
    refused = [each.pattern for each in INDICES if not _allows(rule, each.name_at(now))]
    if refused:
        allowed = ",".join([*(f"+{each}" for each in refused), rule if "*" in rule else "-*"])
        yield Foreign(
            f"{AUTO_CREATE} is {rule}, so no index of {', '.join(refused)} can be made. To allow them: "
            f'PUT _cluster/settings {{"persistent": {{"{AUTO_CREATE}": "{allowed}"}}}}',
            True,
        )


def _allows(rule: str, name: str) -> bool:
    if rule in ("true", "false"):
        return rule == "true"
    patterns = [each.strip() for each in rule.split(",")]
    matching = (each for each in patterns if fnmatchcase(name, each.lstrip("+-")))
    return not next(matching, "-").startswith("-")
