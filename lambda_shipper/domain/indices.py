"""What fields the days' indices have, and whose: no function can use up the room that others need.

OpenSearch gives each new key of any line a field, up to a limit for the whole index; each takes a change of the
cluster's state, some 30 ms. So the shipper reads an index's fields when a line has a key that it does not know, and
adds the new fields of a batch in one request, with the types that the index's own dynamic templates give. Each field
that is added says in its `meta` which log group it was added for: that is how any later invocation can tell how many
a function has.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Protocol

import orjson

from lambda_shipper.config import Config
from lambda_shipper.domain.client import Answer
from lambda_shipper.domain.keys import OBJECT, OPAQUE
from lambda_shipper.domain.mappings import OWNER, Usage, mapping_of, nested, read_mapping
from lambda_shipper.errors import TransportError
from lambda_shipper.reading.names import OF_LOGGERS

TOTAL_FIELDS = 4000
"""The limit that the index template sets (`index.mapping.total_fields.limit`)."""
FUNCTION_FIELDS = 250
"""How many fields the keys of one log group may take in a day's index, beside the template's own."""
SHARES = 8
"""They may take at most what is left, divided by this, so that something is always left for a newcomer."""
PATIENCE_SECONDS = 60.0
"""For so long a log group that has used up its fields is not looked up again."""
TRIES = 4
MOST_INDICES = 16
STANDARD = {
    "text": "text",
    "latency_ms": "scaled_float",
    "novelty": "scaled_float",
    "request_id": "keyword",
    "prediction_id": "keyword",
    "prediction": OBJECT,
    "prediction.label": "text",
    "prediction.labels": "text",
    "prediction.score": "double",
    "prediction.value": "double",
    "prediction.scores": OPAQUE,
    "model": OBJECT,
    "model.name": "keyword",
    "model.version": "keyword",
    "error": OBJECT,
    "error.message": "text",
    "error.type": "keyword",
    "error.status": "integer",
    "shipper": OPAQUE,
}
"""The fields that the index template gives every index."""


class DomainClient(Protocol):
    """What is asked of a client here; raises `TransportError` when no complete answer comes back."""

    def request(self, method: str, path: str, body: bytes, timeout_seconds: float) -> Answer:
        """Send one request and return its answer."""
        ...


class Index:
    """One day's index: what is known of its fields."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.known: dict[str, str] = dict(STANDARD)
        self.plain: set[str] = {path for path, type in STANDARD.items() if type not in (OBJECT, OPAQUE)}
        """Top-level fields that hold values: nothing of a line with only these has to be looked at."""
        self.plain |= {"prediction", "model"}
        self.plain_of_loggers = set(self.plain)
        """The same with the keys of loggers, whose lines may repeat a prediction."""
        self.used: Counter[str] = Counter()
        self.total = 0
        self.looked_up: dict[str, float] = {}
        """When a log group was last told that it has used up its fields (`time.monotonic()`)."""

    def learn(self, fields: Mapping[str, str]) -> None:
        """Take note of fields that the index has."""
        self.known.update(fields)
        values = {path for path, type in fields.items() if "." not in path and type not in (OBJECT, OPAQUE)}
        values.discard("actual")  # a line with one is a truth, too
        self.plain |= values - OF_LOGGERS
        self.plain_of_loggers |= values


class Indices:
    """The indices that this execution environment has written to. Safe for use by several threads."""

    def __init__(self, kept_fields: tuple[str, ...] = ()) -> None:
        """`kept_fields` are those that somebody reads: they are added even when a function has used up its own."""
        self._kept_fields = kept_fields
        self._indices: dict[str, Index] = {}
        self._lock = threading.Lock()

    def get(self, name: str) -> Index:
        """Return what is known of an index; at first that is the template's fields."""
        index = self._indices.get(name)
        if index is None:
            if len(self._indices) >= MOST_INDICES:
                self._indices.pop(next(iter(self._indices)), None)
            index = self._indices.setdefault(name, Index(name))
        return index

    def add(
        self, client: DomainClient, until: float, name: str, log_group: str, wanted: Counter[tuple[str, str]]
    ) -> None:
        """Add the fields that a batch's lines want, as far as the log group may have them.

        `wanted` counts the lines that want a path with a kind of value. Those that more lines want come first. What is
        not known afterwards has to be left out. Where the domain does not let us look, the budget is kept as well as
        this environment can by itself.
        """
        with self._lock:
            index, owner = self.get(name), owner_of(log_group)
            is_kept = any(path in self._kept_fields and path not in index.known for path, _ in wanted)
            if not is_kept and time.monotonic() - index.looked_up.get(owner, -PATIENCE_SECONDS) < PATIENCE_SECONDS:
                return
            for _ in range(2):  # the second time with what somebody else has added meanwhile
                templates = self._look_up(client, index, until)
                chosen, is_full = self._choose(index, owner, wanted, templates or [])
                if is_full:
                    index.looked_up[owner] = time.monotonic()
                if not chosen or templates is None:  # OpenSearch will add them with the first document that has them
                    break
                answer = _ask(client, "PUT", f"/{name}/_mapping", _body(chosen, owner, templates), until)
                if answer is None or answer.status != 400:
                    break
                if b"Limit of total fields" in answer.body:
                    index.looked_up[owner] = time.monotonic()
                    return
            else:
                return
            index.learn(chosen)

    def _look_up(self, client: DomainClient, index: Index, until: float) -> list[Any] | None:
        """Read an index's fields and return its dynamic templates; None if they cannot be read.

        Makes the index if it is not there.
        """
        answer = _ask(client, "GET", f"/{index.name}/_mapping", b"", until)
        if answer is not None and answer.status == 404:
            _ask(client, "PUT", f"/{index.name}", b"", until)
            answer = _ask(client, "GET", f"/{index.name}/_mapping", b"", until)
        if answer is None or answer.status != 200:
            return None
        try:
            (found,) = orjson.loads(answer.body).values()  # under the name of the index, where this is an alias
            mappings = found["mappings"]
        except (AttributeError, KeyError, TypeError, ValueError):
            return None
        fields, usage = read_mapping(mappings)
        index.learn(fields)
        index.used, index.total = usage.by_owner, usage.total
        templates = mappings.get("dynamic_templates", [])
        return templates if isinstance(templates, list) else []

    def _choose(
        self, index: Index, owner: str, wanted: Counter[tuple[str, str]], templates: list[Any]
    ) -> tuple[dict[str, str], bool]:
        """Return the fields to add, with their kinds, and whether the log group had to go without some."""
        chosen: dict[str, str] = {}
        is_full = False
        kept = [each for each in wanted.items() if each[0][0] in self._kept_fields]
        others = sorted(wanted.items(), key=lambda each: (-each[1], each[0][0].count(".")))
        for (path, kind), _ in [*kept, *others]:
            if path in index.known or path in chosen or kind == OBJECT:
                continue
            parents = [part for part in _parents(path) if part not in index.known and part not in chosen]
            if any((index.known.get(part) or chosen.get(part)) not in (None, OBJECT) for part in _parents(path)):
                continue
            cost = len(parents) + Usage.fields_of(mapping_of(path, kind, templates))
            left, used = TOTAL_FIELDS - index.total, index.used[owner]
            most = min(FUNCTION_FIELDS, (left + used) // SHARES)
            if cost > (left if path in self._kept_fields else most - used):
                is_full = True
                continue
            chosen |= dict.fromkeys(parents, OBJECT) | {path: kind}
            index.used[owner] += cost
            index.total += cost
        return chosen, is_full


def owner_of(log_group: str) -> str:
    """Return the name under which a log group's fields are counted; its own may be too long for a field's `meta`."""
    return hashlib.sha256(log_group.encode("utf-8", "replace")).hexdigest()[:16]


@lru_cache(maxsize=4)
def open_indices(config: Config) -> Indices:
    """Return what is known of this configuration's indices; a warm invocation goes on with what it has learnt."""
    return Indices(config.kept_fields)


def _parents(path: str) -> list[str]:
    parts = path.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]


def _body(chosen: Mapping[str, str], owner: str, templates: list[Any]) -> bytes:
    leaves = {path: mapping_of(path, kind, templates) for path, kind in chosen.items() if kind != OBJECT}
    for mapping in leaves.values():
        mapping["meta"] = {**mapping.get("meta", {}), OWNER: owner}
    return orjson.dumps({"properties": nested(leaves)})


def _ask(client: DomainClient, method: str, path: str, body: bytes, until: float) -> Answer | None:
    """Send, a few times if the domain is busy; None if there is no usable answer."""
    for attempt in range(TRIES):
        timeout = min(10.0, until - time.monotonic())
        if timeout <= 0.1:
            return None
        try:
            answer = client.request(method, path, body, timeout)
        except TransportError:
            answer = None
        if answer is not None and answer.status not in (408, 429) and answer.status < 500:
            return answer
        time.sleep(min(0.1 * 2**attempt, max(0.0, until - time.monotonic())))
    return None
