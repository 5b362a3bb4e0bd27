"""Links of a verdict to its predictions, and what an event shows of a version that somebody chose with malice."""

import json
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest

from dashboards.preview.kql import to_query
from monitors.drift.judgement.verdict import Verdict
from monitors.drift.reports.events import make_event
from monitors.drift.reports.run import Run, make_link
from monitors.reporting.periods import Group, Period

END = datetime(2026, 5, 1, 12, tzinfo=UTC)
PERIOD = Period(END - timedelta(hours=1), END)
QUERY = re.compile(r"[^#]+#/view/[\w-]+\?_g=\([^&]+\)&_a=\(query:\(language:kuery,query:'([^'\"\s&#?()]+)'\)\)")


@pytest.mark.parametrize(
    "version",
    [
        'x" or * or "y',
        "a'b",
        "a!b",
        "a\\",
        'a\\"b',
        "'),time:(",
        "a&b#c?d",
        "a%22b",
        "a+b c",
        "a\nb",
        "a) or (",
        "é",
        "*",
        "\x1b[2J",
    ],
)
def test_no_version_changes_what_a_link_opens(version: str) -> None:
    whole = QUERY.fullmatch(make_link(Group("/aws/lambda/model", version), PERIOD)["link"])
    assert whole

    found = to_query(re.sub("!(.)", r"\1", unquote(whole[1])))

    assert found
    assert [each["match_phrase"] for each in found["bool"]["filter"]] == [
        {"@log_group.keyword": "/aws/lambda/model"},
        {"model.version.keyword": version},
    ]


def test_an_event_shows_control_characters_as_text() -> None:
    group = Group("/aws/lambda/model", "3\x1b[2J\u202e\r\n.")

    detail = json.loads(make_event(Run(group, PERIOD, 0, Verdict.DRIFT, "share of “a\x07” grew"))["Detail"])

    assert detail["model"]["version"] == r"3\u001b[2J\u202e\u000d\u000a."
    assert detail["words"] == r"share of “a\u0007” grew"
