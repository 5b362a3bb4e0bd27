"""The importer before servers that are not ready yet, deny at first, or never get ready."""

import json
import time

import pytest
from urllib3.exceptions import ConnectTimeoutError
from urllib3.util import Retry

from dashboards.importer import connection
from dashboards.importer.config import Config
from dashboards.importer.connection import ServerError
from dashboards.importer.importing import import_everything
from tests.unit.dashboards.conftest import OBJECTS, Answer, FakeServer


def run() -> str:
    return import_everything(Config.from_env(), OBJECTS, {"cwl": '{"index_patterns": ["cwl-*"]}'}).dashboard_url


def test_it_waits_while_dashboards_starts_with_html_and_503(server: FakeServer) -> None:
    starting = [(503, "<html>Starting</html>")] * 5 + [(200, "<html>Nearly</html>")]
    ready = (200, '{"status": {"overall": {"state": "green"}}}')
    server.answers["api/status"] = lambda n: starting[n - 1] if n <= len(starting) else ready

    assert run().endswith("/goto/abc")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((200, "<html>Log in</html>"), "not JSON: <html>Log in</html>"),
        ((403, '{"Message": "User is not authorized"}'), "answered 403: User is not authorized"),
        ((302, ""), "answered 302"),
    ],
)
def test_dashboards_that_never_gets_ready_is_an_error_with_the_last_problem(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch, answer: Answer, reason: str
) -> None:
    monkeypatch.setattr(connection, "PAUSE_SECONDS", 6)  # so that there is no time for a second look
    server.answers["api/status"] = lambda _: answer

    with pytest.raises(ServerError, match=f"Dashboards at http.* did not become ready in time: .*{reason}"):
        run()

    assert not any("_import" in call for call in server.calls)


@pytest.mark.parametrize(
    "call", ["_cluster/health", "PUT /_index_template/cwl", "api/status", "_import", "shorten_url"]
)
@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_a_domain_that_denies_at_first_is_waited_for_at_every_step(server: FakeServer, call: str, status: int) -> None:
    """Sign-in lags behind the moment at which the service calls a domain active."""
    bodies = {"_import": {"success": True, "successCount": len(OBJECTS)}, "_cluster/health": {"status": "green"}}
    healthy = (200, json.dumps(bodies.get(call, {"urlId": "abc"})))
    server.answers[call] = lambda n: (status, '{"Message": "not yet"}') if n < 4 else healthy

    assert run().endswith("/goto/abc")


def test_a_domain_that_denies_until_the_time_is_up_is_an_error_that_says_so(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("READY_TIMEOUT_SECONDS", "1")
    server.answers["_cluster/health"] = lambda _: (403, '{"Message": "not authorized"}')

    with pytest.raises(ServerError, match=r"did not become ready in time: .* answered 403: not authorized"):
        run()


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_server_that_refuses_for_good_is_not_asked_again(server: FakeServer, status: int) -> None:
    server.answers["PUT /_index_template/cwl"] = lambda _: (status, '{"error": {"reason": "a bad template"}}')

    with pytest.raises(ServerError, match=f"answered {status}: a bad template"):
        run()

    assert sum("PUT /_index_template" in call for call in server.calls) == 1


@pytest.mark.parametrize(
    "status",
    [
        '{"status": {"overall": {"state": "red"}}}',
        '{"status": {"overall": {"state": "yellow"}}}',
        '{"status": {"overall": {"level": "degraded"}}}',
        '{"name": "dashboards"}',
        "[]",
    ],
)
def test_whatever_dashboards_says_of_itself_it_is_alive(server: FakeServer, status: str) -> None:
    server.answers["api/status"] = lambda _: (200, status)

    assert run().endswith("/goto/abc")


def test_a_busy_server_is_asked_again(server: FakeServer) -> None:
    healthy = (200, json.dumps({"success": True, "successCount": len(OBJECTS)}))
    server.answers["_import"] = lambda n: (503, "busy") if n < 3 else healthy

    assert run()


def test_a_server_that_hangs_is_an_error_and_the_next_try_works(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "TIMEOUT_SECONDS", (1, 0.1))
    monkeypatch.setenv("READY_TIMEOUT_SECONDS", "1")
    server.answers["_import"] = lambda _: (time.sleep(0.3), (200, "{}"))[1]

    with pytest.raises(ServerError, match=r"_import.* did not answer: .*timed out"):
        run()

    server.answers.clear()
    assert run()


def test_a_dashboards_that_restarts_is_asked_for_longer_than_the_nine_seconds_it_takes() -> None:
    retry = Retry(
        total=connection.TRIES,
        backoff_factor=connection.BACKOFF_SECONDS,
        backoff_max=connection.MOST_BACKOFF_SECONDS,
    )
    waited = 0.0
    for _ in range(connection.TRIES):
        retry = retry.increment("GET", "/", error=ConnectTimeoutError())
        waited += retry.get_backoff_time()

    assert waited > 15
