"""Reports of hundreds of log groups: the worst first, few searches, and a way to all of them."""

import json
from typing import Any

import pytest
from click.testing import CliRunner

from predmon.commands.cloud.groups import COLUMNS, GroupCounts
from predmon.commands.cloud.status import Status, _print
from predmon.commands.drift.drift import drift
from predmon.commands.quality.quality import quality
from predmon.commands.shell.many import MOST_SHOWN
from tests.unit.predmon.commands.conftest import Server

GROUPS = 300
BAD = 7


def run(number: int) -> dict[str, Any]:
    """Return the head of a comparison; one group in the middle drifted."""
    verdict = "drift" if number == 137 else "warning" if number < BAD else "stable"
    window = {"from": "2026-05-01T11:00:00Z", "to": "2026-05-01T12:00:00Z", "predictions": 500}
    head = {"log_group": f"/aws/lambda/m{number:03d}", "model": {"version": "1"}, "verdict": verdict, "words": "."}
    return {**head, "run": f"r{number}", "@timestamp": "2026-05-01T12:05:00Z", "window": window, "reference": None}


@pytest.fixture
def searched(server: Server) -> Server:
    server.has_stack(ShipperFunctionName="shipper", OpenSearchUrl=server.url, DashboardsUrl=server.url)

    def search(body: bytes) -> dict[str, Any]:
        asked = body.decode()
        documents = [] if '"signal"' in asked else [run(number) for number in range(GROUPS)]
        return {"hits": {"hits": [{"_source": each} for each in documents[: json.loads(asked)["size"]]]}}

    for path in ("/drift-*/_search", "/drift-%2A/_search"):
        server.answers[f"POST {path}"] = search
    return server


def test_drift_shows_the_worst_first_and_counts_the_rest(searched: Server) -> None:
    done = CliRunner().invoke(drift, ["report"], catch_exceptions=False)

    heads = [line.split(",")[0] for line in done.output.splitlines() if line.startswith("/aws/lambda/")]
    assert heads == ["/aws/lambda/m137", *(f"/aws/lambda/m{n:03d}" for n in range(BAD)), *heads[BAD + 1 :]]
    assert len(heads) == MOST_SHOWN
    assert "Not shown: 290 stable. To see all: predmon drift report --all" in done.output
    assert sum("_search" in name for name, _ in searched.requests) == 2


def test_drift_shows_all_with_a_search_for_many_runs_at_once(searched: Server) -> None:
    done = CliRunner().invoke(drift, ["report", "--all"], catch_exceptions=False)

    assert sum(line.startswith("/aws/lambda/") for line in done.output.splitlines()) == GROUPS
    assert sum("_search" in name for name, _ in searched.requests) == 1 + GROUPS / 20


@pytest.mark.parametrize(("arguments", "shown"), [([], MOST_SHOWN), (["--all"], GROUPS)])
def test_quality_shows_the_worst_first_and_counts_the_rest(server: Server, arguments: list[str], shown: int) -> None:
    server.has_stack(ShipperFunctionName="shipper", OpenSearchUrl=server.url)
    runs = [
        {
            **{key: value for key, value in run(number).items() if key != "verdict"},
            "standing": "worse" if number == 137 else "as before",
            "verdict": "worse" if number == 137 else "as before",
            "severity": 1 if number == 137 else 0,
            "figures": {},
        }
        for number in range(GROUPS)
    ]
    server.answers["POST /quality-now/_search"] = {"hits": {"hits": [{"_source": each} for each in runs]}}

    done = CliRunner().invoke(quality, ["report", *arguments], catch_exceptions=False)

    heads = [line.split(",")[0] for line in done.output.splitlines() if line.startswith("/aws/lambda/")]
    assert heads[0] == "/aws/lambda/m137"
    assert len(heads) == shown
    assert ("predmon quality report --all" in done.output) == (shown < GROUPS)


@pytest.mark.parametrize(("most", "lines"), [(20, 20), (GROUPS, GROUPS)])
def test_the_status_lists_some_groups_or_all(most: int, lines: int, capsys: pytest.CaptureFixture[str]) -> None:
    found = Status({}, "https://dashboards", 1, 0)
    found.groups = [GroupCounts(f"/m{number:03d}", dict.fromkeys(COLUMNS, 1), 0) for number in range(GROUPS)]
    found.silent = [f"/silent{number:03d}" for number in range(GROUPS)]

    _print(found, most)

    printed = capsys.readouterr().out
    assert sum(line.startswith("/m") for line in printed.splitlines()) == lines
    assert printed.count("/silent") == lines
    assert ("predmon status --all" in printed) == (lines < GROUPS)
