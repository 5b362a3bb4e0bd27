"""Retention by a policy ends: a server that keeps policies as index state management does, and one without it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from dashboards.importer.connection import Connection, ServerError
from dashboards.importer.retention import POLICY, STATE, retire_policy


@dataclass
class Engine:
    """The stored policy with its sequence number, the policy of each index, and the refusal for each index."""

    has_plugin: bool = True
    stored: dict[str, Any] | None = None
    version: int = 0
    indices: dict[str, str | None] = field(default_factory=lambda: {"cwl-2026.11.21": None, "cwl-2026.11.22": None})
    refused: dict[str, str] = field(default_factory=dict)
    deleting: list[str] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)
    port: int = 0

    def answer(self, method: str, url: str, body: Any) -> tuple[int, Any]:
        """Answer as the plugin's reference documents policies, and as its source (2.11) does change_policy."""
        path = urlsplit(url).path
        if not self.has_plugin:
            return 400, {"error": f"no handler found for uri [{url}] and method [{method}]"}
        if method != "GET":
            self.writes.append(f"{method} {path.removeprefix('/_plugins/_ism')}")
        if path == f"/_plugins/_ism/policies/{POLICY}":
            return self._read() if method == "GET" else self._write(url, body)
        assert path == "/_plugins/_ism/change_policy/cwl-*,raw-*"
        failed = self._change(body)
        failed = [{"index_name": name, "index_uuid": "u", "reason": reason} for name, reason in failed.items()]
        return 200, {"updated_indices": 1, "failures": bool(failed), "failed_indices": failed}

    def _change(self, body: Any) -> dict[str, str]:
        """Change the indices in the given state. An index without a policy has no state, and is tried as well."""
        assert body == {"policy_id": POLICY, "include": [{"state": STATE}]}
        failed = {name: "This index is not being managed" for name, policy in self.indices.items() if not policy}
        return (
            failed
            | self.refused
            | dict.fromkeys(self.deleting, "Cannot change policy while transitioning to new state")
        )

    def _read(self) -> tuple[int, Any]:
        if self.stored is None:
            reason = {"type": "status_exception", "reason": "Policy not found"}
            return 404, {"error": {"root_cause": [reason], **reason}, "status": 404}
        return 200, {"_id": POLICY, "_seq_no": self.version, "_primary_term": 1, **self.stored}

    def _write(self, url: str, body: Any) -> tuple[int, Any]:
        given = parse_qs(urlsplit(url).query).get("if_seq_no")
        if given != (None if self.stored is None else [str(self.version)]):
            return 409, {"error": {"type": "version_conflict_engine_exception", "reason": "conflict"}, "status": 409}
        self.stored, self.version = body, self.version + 1
        return 201, {"_id": POLICY}

    def connect(self) -> Connection:
        """Return a connection as the importer makes it."""
        return Connection("OpenSearch", f"http://127.0.0.1:{self.port}", None, {})


@contextmanager
def serving(engine: Engine) -> Iterator[Engine]:
    """Answer on a real socket."""

    class Handler(BaseHTTPRequestHandler):
        def reply(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            status, answer = engine.answer(self.command, self.path, json.loads(body or "null"))
            text = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_PUT = do_POST = reply  # noqa: N815 - the names that http.server calls

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True).start()
        engine.port = http.server_port
        yield engine
        http.shutdown()


@pytest.fixture
def engine() -> Iterator[Engine]:
    with serving(Engine()) as made:
        yield made


OLD = {
    "description": "predictions and raw lines are kept for 90 days",
    "default_state": STATE,
    "states": [
        {
            "name": STATE,
            "actions": [],
            "transitions": [{"state_name": "deleted", "conditions": {"min_index_age": "90d"}}],
        },
        {"name": "deleted", "actions": [{"delete": {}}], "transitions": []},
    ],
}
"""The policy as earlier versions of this project wrote it."""


@pytest.fixture
def with_policy(engine: Engine) -> Engine:
    engine.stored = {"policy": OLD}
    engine.indices = dict.fromkeys(engine.indices, POLICY)
    return engine


def test_the_policy_of_an_earlier_version_deletes_nothing_any_more(with_policy: Engine) -> None:
    retire_policy(with_policy.connect())

    (only,) = with_policy.stored["policy"]["states"]
    assert (only["name"], only["actions"], only["transitions"]) == (STATE, [], [])
    assert "ism_template" not in with_policy.stored["policy"]
    assert "POST /change_policy/cwl-*,raw-*" in with_policy.writes


def test_a_second_import_writes_nothing(with_policy: Engine) -> None:
    retire_policy(with_policy.connect())
    with_policy.writes.clear()

    retire_policy(with_policy.connect())

    assert with_policy.writes == []


def test_an_index_that_cannot_be_taken_from_the_deletion_fails_the_import_with_the_reason(with_policy: Engine) -> None:
    with_policy.refused["cwl-2026.11.21"] = "This index is closed"

    with pytest.raises(ServerError, match=r"cwl-2026\.11\.21: This index is closed$"):
        retire_policy(with_policy.connect())


def test_indices_without_the_policy_and_those_that_are_being_deleted_are_no_failure(with_policy: Engine) -> None:
    with_policy.indices["cwl-2026.11.23"] = None
    with_policy.deleting.append("cwl-2026.11.21")

    retire_policy(with_policy.connect())


@pytest.mark.parametrize("has_plugin", [True, False])
def test_where_no_policy_was_nothing_is_written(has_plugin: bool) -> None:
    with serving(Engine(has_plugin=has_plugin)) as engine:
        retire_policy(engine.connect())

    assert engine.writes == []
