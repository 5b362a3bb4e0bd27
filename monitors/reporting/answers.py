"""Questions to OpenSearch. An answer that lacks a part of the data is an error."""

from __future__ import annotations

from typing import Any

from opensearchpy import OpenSearch


class PartialAnswerError(RuntimeError):
    """OpenSearch answered, but not for all of the data. Nothing may be concluded from it."""


def ask(search: OpenSearch, index: str, body: dict[str, Any]) -> dict[str, Any]:
    """Return the whole answer; an index that is not there yet is empty.

    Raises:
        PartialAnswerError: a shard failed or the time ran out.
    """
    answer: dict[str, Any] = search.search(
        index=index,
        body=body,
        params={"ignore_unavailable": "true", "allow_no_indices": "true", "allow_partial_search_results": "false"},
    )
    if answer["timed_out"] or answer["_shards"]["failed"]:
        raise PartialAnswerError(f"only a part of {index} answered: {answer['_shards']}")
    return answer
