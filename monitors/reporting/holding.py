"""The verdict that holds: "not enough data" in a thin hour replaces no verdict that was judged before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from opensearchpy import OpenSearch

NOT_JUDGED = "not enough data"


def add_held(search: OpenSearch, index: str, actions: Iterable[dict[str, Any]], verdict: str) -> None:
    """Add to each document of now, as `held`, its own verdict, or else the one that the stored document holds.

    `held` has the verdict, its words, when it was judged (`at`), and since when it has been the same. It costs one
    search.

    Args:
        search: the client.
        index: where the documents of now are.
        actions: the bulk actions that write them.
        verdict: the field that has the verdict.
    """
    sources = {each["_id"]: each["_source"] for each in actions}
    before = _find(search, index, list(sources), verdict)
    for identity, source in sources.items():
        earlier = before.get(identity)
        if held := _hold(source, verdict) or earlier:
            if earlier and earlier["verdict"] == held["verdict"]:
                held = {**held, "since": source.get("since") or earlier["since"]}
            source["held"] = held


def _hold(document: Mapping[str, Any], verdict: str) -> dict[str, Any] | None:
    if document[verdict] == NOT_JUDGED:
        return None
    at = document["@timestamp"]
    return {
        "verdict": document[verdict],
        "severity": document["severity"],
        "words": document["words"],
        "at": at,
        "since": document.get("since") or at,
    }


def _find(search: OpenSearch, index: str, ids: list[str], verdict: str) -> dict[str, dict[str, Any]]:
    """Return what the stored documents hold; one of before this was stored holds its own verdict."""
    body = {
        "size": len(ids),
        "query": {"ids": {"values": ids}},
        "_source": ["held", "@timestamp", "since", "severity", "words", verdict],
    }
    hits = search.search(index=index, body=body, ignore_unavailable=True)["hits"]["hits"] if ids else []
    found = {each["_id"]: each["_source"].get("held") or _hold(each["_source"], verdict) for each in hits}
    return {identity: held for identity, held in found.items() if held}
