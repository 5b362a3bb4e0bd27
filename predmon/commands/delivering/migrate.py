"""`predmon migrate`: copy what one search domain holds into the deployed one, after its name or network changed."""

from collections.abc import Iterator
from typing import Any

import boto3
import click
from opensearchpy import OpenSearch, RequestsHttpConnection, helpers
from requests_aws4auth import AWS4Auth

from contracts.indices import INDICES, PATTERNS
from monitors.days.past import FOLDED, period_of
from predmon.commands.deployment.target import Target
from predmon.errors import UserError
from predmon.terminal import Terminal, escape
from predmon.wording import count_of

out = Terminal()
BATCH = 500
RETRIES = 5
VERSIONED = {each.name for each in INDICES if each.has_versions}
NEWER_IS_THERE = 409
"""The status of a document of which the new domain has a newer version, which stays."""


@click.command()
@click.option("--from", "source_url", required=True, metavar="URL", help="The domain to copy from.")
def migrate(source_url: str) -> None:
    """Copy everything of this project from another domain into the stack's.

    These are predictions, lines kept raw, actuals, and the reports and references of drift and quality. Every document
    keeps its index and its id, so the command may be interrupted and repeated. Documents that the
    stack's domain has besides them stay. At the end both sides are counted.
    """
    target = Target.resolve()
    if source_url.rstrip("/") == target.outputs["OpenSearchUrl"].rstrip("/"):
        raise UserError(f"{source_url} is the stack's own domain. Name the one to copy from.")
    copied = copy_indices(_open(source_url), target.search())
    for index, number in copied.items():
        out.print(f"{escape(index):32}{number:>12,}")
    out.print(f"{count_of(sum(copied.values()), 'document')} copied.")


def copy_indices(source: OpenSearch, target: OpenSearch) -> dict[str, int]:
    """Copy every index of PATTERNS, and return the number of documents of each.

    Raises UserError if the target refuses a document, or holds fewer than the source afterwards.
    """
    copied = {}
    for name in list_names(source):
        with out.status(f"Copying {name}"):
            _copy(source, target, name)
        copied[name] = source.count(index=name)["count"]
        if (there := target.count(index=name)["count"]) < copied[name]:
            problem = f"{name} has {copied[name]} documents, but {there} in the new domain"
            raise UserError(f"{problem}. Is the old domain still written to? Run this again.")
    return copied


def list_names(source: OpenSearch) -> list[str]:
    """Return the names under which the documents are copied: of an archive those of the days and months in it."""
    found = source.indices.get(index=",".join(PATTERNS), params={"ignore_unavailable": "true"})
    names: set[str] = set()
    for index, body in found.items():
        aliases = body.get("aliases", {})
        names |= {name for name in aliases if any(period_of(kind, name) for kind in FOLDED)} or {index}
    return sorted(names)


def _copy(source: OpenSearch, target: OpenSearch, index: str) -> None:
    results = helpers.streaming_bulk(
        target, _documents(source, index), chunk_size=BATCH, max_retries=RETRIES, raise_on_error=False
    )
    for is_written, item in results:
        answer = next(iter(item.values()))
        if not is_written and answer["status"] != NEWER_IS_THERE:
            reason = answer.get("error", {}).get("reason", answer["status"])
            problem = f"{index} refuses the document {answer['_id']}: {reason}"
            raise UserError(f"{problem}. Put the index templates there first: predmon import --repair")
    target.indices.refresh(index=index)


def _documents(source: OpenSearch, index: str) -> Iterator[dict[str, Any]]:
    has_versions = index in VERSIONED
    for hit in helpers.scan(source, index=index, query={"version": True}, size=BATCH, scroll="10m"):
        version = {"version": hit["_version"], "version_type": "external_gte"} if has_versions else {}
        yield {"_op_type": "index", "_index": index, "_id": hit["_id"], **version, "_source": hit["_source"]}


def _open(url: str) -> OpenSearch:
    """Return a client for the domain to copy from. An AWS domain gets signed requests."""
    auth = None
    if ".amazonaws.com" in url or ".on.aws" in url:
        session = boto3.Session()
        auth = AWS4Auth(region=session.region_name, service="es", refreshable_credentials=session.get_credentials())
    return OpenSearch(url, http_auth=auth, connection_class=RequestsHttpConnection, timeout=60)
