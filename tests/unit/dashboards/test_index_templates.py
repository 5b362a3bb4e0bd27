"""The codec of an index: the better one where the engine has it, and one request more where it has not."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from dashboards.importer.config import Config
from dashboards.importer.connection import Connection, ServerError, connect
from dashboards.importer.indices import put_index_templates
from stacks.constructs.index_templates import index_templates

COMPRESSED = '{"index_patterns": ["%s-*"], "template": {"settings": {"index.codec": "best_compression"}}}'
TEMPLATES = {"a": COMPRESSED % "a", "b": COMPRESSED % "b", "without": '{"index_patterns": ["c-*"]}'}
NO_SUCH_CODEC = "unknown value for [index.codec] must be one of [default, lz4, best_compression, zlib] but was: zstd"
"""As an engine without the plugin says it."""


class Engine:
    """An engine that takes templates; `refuses` is its reason for refusing those with a text in them."""

    def __init__(self) -> None:
        self.url = ""
        self.refuses: dict[str, str] = {}
        self.templates: dict[str, dict[str, Any]] = {}
        self.theirs: dict[str, dict[str, Any]] = {}
        self.version = "2.19.1"
        self.requests = 0

    def put(self, name: str, body: bytes) -> tuple[int, dict[str, Any]]:
        self.requests += 1
        for text, reason in self.refuses.items():
            if text.encode() in body:
                return 400, {"error": {"reason": reason}}
        self.templates[name] = json.loads(body)
        return 200, {"acknowledged": True}

    @property
    def connection(self) -> Connection:
        return connect(Config(opensearch_url=self.url, dashboards_url=self.url))[0]

    @property
    def codecs(self) -> dict[str, str | None]:
        settings = {name: body.get("template", {}).get("settings", {}) for name, body in self.templates.items()}
        return {name: found.get("index.codec") for name, found in settings.items()}


@pytest.fixture
def engine() -> Iterator[Engine]:
    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, answer = engine.put(self.path.rpartition("/")[2], body)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def do_GET(self) -> None:
            found = [{"name": name, "index_template": body} for name, body in engine.theirs.items()]
            answer = {"index_templates": found, "version": {"number": engine.version}}
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    engine = Engine()
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True).start()
        engine.url = f"http://127.0.0.1:{http.server_port}"
        yield engine
        http.shutdown()


def test_an_engine_that_has_the_better_codec_gets_it(engine: Engine) -> None:
    put_index_templates(engine.connection, TEMPLATES)

    assert engine.codecs == {"a": "zstd", "b": "zstd", "without": None}


def test_an_engine_without_it_is_asked_once_and_gets_the_other(engine: Engine) -> None:
    engine.refuses = {"zstd": NO_SUCH_CODEC}

    put_index_templates(engine.connection, TEMPLATES)

    assert engine.codecs == {"a": "best_compression", "b": "best_compression", "without": None}
    assert engine.requests == len(TEMPLATES) + 1


def test_any_other_refusal_of_a_template_is_an_error(engine: Engine) -> None:
    engine.refuses = {"a-*": "unknown setting [number_of_shard]"}

    with pytest.raises(ServerError, match="number_of_shard"):
        put_index_templates(engine.connection, TEMPLATES)
    assert engine.requests == 1


@pytest.mark.parametrize(
    ("pattern", "priority", "ours"),
    [("cwl-*", 200, 201), ("*", 150, 151), ("cwl-2026*", 300, 301), ("cwl-*", 100, 101), ("logs-*", 500, 100)],
)
def test_somebody_else_s_template_does_not_win_over_ours(
    engine: Engine, pattern: str, priority: int, ours: int
) -> None:
    engine.theirs = {"theirs": {"index_patterns": [pattern], "priority": priority}}

    put_index_templates(engine.connection, {"cwl": '{"index_patterns": ["cwl-*"], "priority": 100}'})

    assert engine.templates["cwl"]["priority"] == ours


def test_our_own_template_of_before_is_no_other(engine: Engine) -> None:
    engine.theirs = {"cwl": {"index_patterns": ["cwl-*"], "priority": 201}}

    put_index_templates(engine.connection, {"cwl": '{"index_patterns": ["cwl-*"], "priority": 100}'})

    assert engine.templates["cwl"]["priority"] == 100


@pytest.mark.parametrize(("version", "is_indexed"), [("2.11.0", True), ("2.19.1", False), ("3.5.0", False)])
def test_an_engine_that_searches_no_doc_values_gets_an_index_of_each_field(
    engine: Engine, version: str, is_indexed: bool
) -> None:
    engine.version = version

    put_index_templates(engine.connection, {"cwl": index_templates(1)["cwl"]})

    fields = engine.templates["cwl"]["template"]["mappings"]["properties"]
    for field in (fields["request_id"], fields["latency_ms"], fields["prediction"]["properties"]["score"]):
        assert field.get("index", True) is is_indexed


@pytest.mark.parametrize(("version", "type"), [("2.19.1", "text"), ("3.0.0", "text"), ("3.1.0", "match_only_text")])
def test_lines_are_indexed_without_positions_where_dashboards_knows_the_type(
    engine: Engine, version: str, type: str
) -> None:
    engine.version = version

    put_index_templates(engine.connection, {"cwl": index_templates(1)["cwl"]})

    assert engine.templates["cwl"]["template"]["mappings"]["properties"]["@message"]["type"] == type
