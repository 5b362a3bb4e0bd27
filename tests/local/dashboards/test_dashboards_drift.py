"""The preview's Drift page: the newest comparison, and the verdict of each."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from opensearchpy import OpenSearch
from playwright.sync_api import Page

from drift_lambda.distribution import categories
from drift_lambda.judging import judge
from drift_lambda.periods import Group, Period
from drift_lambda.reference import Card
from drift_lambda.report import write
from drift_lambda.run import Run
from drift_lambda.verdict import Rule, overall
from tests.local.dashboards.parts import Server, numbers_of, open_page

HOUR = timedelta(hours=1)
SAME = "share of “a” 50 % → 50 %, share of “b” 40 % → 40 %, share of “c” 10 % → 10 %"


def compared(group: Group, end: datetime, reference: dict[str, int], current: dict[str, int]) -> Run:
    period = Period(end - HOUR, end)
    frozen, now = {"label": categories(reference)}, {"label": categories(current)}
    findings = tuple(judge(frozen, now, Rule()))
    total = sum(current.values())
    known = Card("first 1,000", 1, group, Period(end - 9 * HOUR, end - 8 * HOUR), 1000, end)
    return Run(group, period, total, overall(findings, total, Rule()), findings[0].explanation, findings, known)


@pytest.fixture
def group(engine_url: str, imported: str) -> Group:
    """Compare a model three times: stable, then drift with a new reference, then too few predictions."""
    group = Group(f"/test/{uuid.uuid4().hex}", "1")
    now = datetime.now(UTC)
    for run in (
        compared(group, now - 2 * HOUR, {"a": 500, "b": 400, "c": 100}, {"a": 500, "b": 400, "c": 100}),
        compared(group, now - HOUR, {"a": 800, "b": 200}, {"a": 50, "b": 950}),
        compared(group, now, {"a": 800, "b": 200}, {"b": 3}),
    ):
        write(OpenSearch(engine_url), run)
    return group


def test_reference_and_current_are_those_of_the_newest_comparison_with_enough_data(
    page: Page, preview: Server, group: Group
) -> None:
    open_page(page, preview, f'log_group : "{group.log_group}"', board="drift")

    assert numbers_of(page, "Labels: reference and current") == [["00 a", "0.8", "0.05"], ["01 b", "0.2", "0.95"]]


def test_each_verdict_has_its_words_and_a_link_to_its_predictions(page: Page, preview: Server, group: Group) -> None:
    open_page(page, preview, f'log_group : "{group.log_group}"', board="drift")

    rows = [row[1:] for row in numbers_of(page, "Verdicts")]
    assert rows == [
        [
            group.log_group,
            "1",
            "not enough data",
            "open",
            "the current window has 3 of the 200 predictions needed",
            "3",
        ],
        [group.log_group, "1", "drift", "open", "share of “b” 20 % → 95.0 %", "1,000"],
        [group.log_group, "1", "stable", "open", SAME, "1,000"],
    ]
    signals = [row[1:5] for row in numbers_of(page, "Verdict of each signal, with numbers")]
    assert [row[3] for row in signals if row[2] == "label"] == ["drift", "stable"]


def test_a_verdicts_link_leads_into_the_same_dashboards(page: Page, server: Server, group: Group) -> None:
    """Also if Dashboards is below a path, as on AWS."""
    page.goto(f"{server.url}/app/dashboards#/view/drift", timeout=120_000)

    link = page.locator('a[href*="mlops-dashboard?_g="]').first
    address = link.evaluate("(a) => a.href", timeout=120_000)

    assert address.startswith(f"{server.url}/app/dashboards#/view/mlops-dashboard?_g=(time:(from:'")


def test_what_was_not_judged_is_no_green_zero(page: Page, preview: Server, engine_url: str, imported: str) -> None:
    silent = Group(f"/test/{uuid.uuid4().hex}", "1")
    now = datetime.now(UTC)
    write(OpenSearch(engine_url), compared(silent, now, {"a": 800, "b": 200}, {"b": 3}))

    open_page(page, preview, f'log_group : "{silent.log_group}"', board="drift")

    assert numbers_of(page, "Not judged") == [["1"]]
    assert numbers_of(page, "Worst severity") != [["0"]]
