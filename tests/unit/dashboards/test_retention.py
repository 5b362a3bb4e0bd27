"""Retention, with a server that keeps policies as index state management does, and one without the plugin."""

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
from dashboards.importer.retention import POLICY, STATE, set_retention

NOT_LOOPBACK_BY_NAME = "127.1"
"""Reaches this machine, and looks to the code like any other host."""


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
        """Answer as the plugin's reference documents policies, and as its source (2.11) does add and change_policy."""
        path = urlsplit(url).path
        if not self.has_plugin:
            return 400, {"error": f"no handler found for uri [{url}] and method [{method}]"}
        if method != "GET":
            self.writes.append(f"{method} {path.removeprefix('/_plugins/_ism')}")
        if path == f"/_plugins/_ism/policies/{POLICY}":
            return self._read() if method == "GET" else self._write(url, body)
        failed = self._add(body) if path == "/_plugins/_ism/add/cwl-*,raw-*" else self._change(body)
        failed = [{"index_name": name, "index_uuid": "u", "reason": reason} for name, reason in failed.items()]
        return 200, {"updated_indices": 1, "failures": bool(failed), "failed_indices": failed}

    def _add(self, body: Any) -> dict[str, str]:
        has_one = "This index already has a policy, use the update policy API to update index policies"
        failed = {name: has_one for name, policy in self.indices.items() if policy} | self.refused
        self.indices |= dict.fromkeys(self.indices.keys() - failed.keys(), body["policy_id"])
        return failed

    def _change(self, body: Any) -> dict[str, str]:
        """Change the indices in the given state. An index without a policy has no state, and is tried as well."""
        assert body == {"policy_id": POLICY, "include": [{"state": STATE}]}
        failed = {name: "This index is not being managed" for name, policy in self.indices.items() if not policy}
        return failed | dict.fromkeys(self.deleting, "Cannot change policy while transitioning to new state")

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

    def connect(self, host: str = "127.0.0.1") -> Connection:
        """Return a connection as the importer makes it."""
        return Connection("OpenSearch", f"http://{host}:{self.port}", None, {})


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


def test_an_index_is_deleted_after_the_given_days(engine: Engine) -> None:
    said = set_retention(engine.connect(), 90)

    policy = engine.stored["policy"]
    kept, deleted = policy["states"]
    assert said == "predictions and raw lines are kept for 90 days"
    assert kept["transitions"] == [{"state_name": deleted["name"], "conditions": {"min_index_age": "90d"}}]
    assert deleted["actions"] == [{"delete": {}}]


def test_later_indices_get_the_policy_by_their_name(engine: Engine) -> None:
    set_retention(engine.connect(), 90)

    assert engine.stored["policy"]["ism_template"] == [{"index_patterns": ["cwl-*", "raw-*"], "priority": 100}]


def test_existing_indices_get_the_policy_and_an_index_under_another_policy_keeps_it(engine: Engine) -> None:
    engine.indices["cwl-2026.11.20"] = "somebody-elses"

    set_retention(engine.connect(), 90)

    assert engine.indices == {"cwl-2026.11.20": "somebody-elses", "cwl-2026.11.21": POLICY, "cwl-2026.11.22": POLICY}


def test_a_changed_number_of_days_also_applies_to_existing_indices(engine: Engine) -> None:
    set_retention(engine.connect(), 90)

    set_retention(engine.connect(), 30)

    assert "30d" in json.dumps(engine.stored)
    assert "POST /change_policy/cwl-*,raw-*" in engine.writes


def test_an_index_that_cannot_get_the_policy_fails_the_deployment_with_the_reason(engine: Engine) -> None:
    engine.refused["cwl-2026.11.21"] = "This index is closed"

    with pytest.raises(ServerError, match=r"cwl-2026\.11\.21: This index is closed$"):
        set_retention(engine.connect(), 90)


def test_an_index_left_without_the_policy_by_an_interrupted_run_gets_it_with_the_change(engine: Engine) -> None:
    set_retention(engine.connect(), 90)
    engine.indices["cwl-2026.11.23"] = None

    set_retention(engine.connect(), 30)

    assert engine.indices["cwl-2026.11.23"] == POLICY


def test_a_change_does_not_fail_for_an_index_whose_deletion_has_begun(engine: Engine) -> None:
    set_retention(engine.connect(), 90)
    engine.deleting.append("cwl-2026.11.21")

    assert set_retention(engine.connect(), 30) == "predictions and raw lines are kept for 30 days"


def test_the_same_number_of_days_writes_no_policy(engine: Engine) -> None:
    set_retention(engine.connect(), 90)
    engine.writes.clear()

    set_retention(engine.connect(), 90)

    assert engine.writes == ["POST /add/cwl-*,raw-*"]


def test_for_ever_writes_nothing_where_there_was_no_policy(engine: Engine) -> None:
    assert set_retention(engine.connect(), 0) == "predictions and raw lines are kept for ever"

    assert engine.writes == []


def test_keeping_for_ever_stops_an_earlier_deletion(engine: Engine) -> None:
    set_retention(engine.connect(), 90)

    set_retention(engine.connect(), 0)

    (only,) = engine.stored["policy"]["states"]
    assert (only["name"], only["transitions"]) == (STATE, [])


def test_a_local_engine_without_the_plugin_is_allowed_and_named() -> None:
    with serving(Engine(has_plugin=False)) as engine:
        said = set_retention(engine.connect(), 90)

    assert said == "predictions and raw lines are kept for ever: this engine has no index state management plugin"


def test_a_remote_engine_must_have_the_plugin() -> None:
    with serving(Engine(has_plugin=False)) as engine, pytest.raises(ServerError, match="no handler found"):
        set_retention(engine.connect(NOT_LOOPBACK_BY_NAME), 90)
