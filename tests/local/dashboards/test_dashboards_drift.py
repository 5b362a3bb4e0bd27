"""The preview's Drift page: the newest comparison, and the verdict of each."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from opensearchpy import OpenSearch
from playwright.sync_api import Page, expect

from monitors.drift.judgement.judging import judge
from monitors.drift.judgement.verdict import Rule, pick_overall
from monitors.drift.references.reference import Card
from monitors.drift.reports.run import Run
from monitors.drift.statistics.distribution import make_categories
from monitors.reporting.periods import Group, Period
from tests.local.dashboards.conftest import OURS
from tests.local.dashboards.parts import Server, forget, models_now, numbers_of, open_page, panel, sums_now, tile
from tests.local.drift.parts import store

HOUR = timedelta(hours=1)
SAME = "share of “a” 50 % → 50 %, share of “b” 40 % → 40 %, share of “c” 10 % → 10 %"


def compared(group: Group, end: datetime, reference: dict[str, int], current: dict[str, int]) -> Run:
    period = Period(end - HOUR, end)
    frozen, now = {"label": make_categories(reference)}, {"label": make_categories(current)}
    findings = tuple(judge(frozen, now, Rule()))
    total = sum(current.values())
    known = Card("first 1,000", 1, group, Period(end - 9 * HOUR, end - 8 * HOUR), 1000, end)
    return Run(group, period, total, pick_overall(findings, total, Rule()), findings[0].explanation, findings, known)


@pytest.fixture
def group(engine_url: str, imported: str) -> Iterator[Group]:
    """Compare a model three times: stable, then drift with a new reference, then too few predictions."""
    group = Group(f"{OURS}{uuid.uuid4().hex}", "1")
    now = datetime.now(UTC)
    for run in (
        compared(group, now - 2 * HOUR, {"a": 500, "b": 400, "c": 100}, {"a": 500, "b": 400, "c": 100}),
        compared(group, now - HOUR, {"a": 800, "b": 200}, {"a": 50, "b": 950}),
        compared(group, now, {"a": 800, "b": 200}, {"b": 3}),
    ):
        store(OpenSearch(engine_url), run)
    yield group
    forget(OpenSearch(engine_url), group.log_group)


def worst(page: Page, name: str) -> list[dict]:
    """Return what the panel of the worst comparison draws from one of its data sets."""
    script = "(body, name) => body.vega.data(name).map(({b, r, ...row}) => row)"
    return list(panel(page, "Worst comparison").locator(".body").evaluate(script, name))


def test_the_page_opens_at_the_worst_comparison_with_each_signal_beside_its_reference(
    page: Page, preview: Server, group: Group
) -> None:
    open_page(page, preview, f'log_group : "{group.log_group}"', board="drift")

    (run,) = worst(page, "runs")
    assert (run["verdict"], run["shown"]) == ("drift", ["share of “b” 20 % → 95.0 %"])
    first = worst(page, "signals")[0]
    assert (first["signal"], first["verdict"]) == ("label", "drift")
    bars = [(bar["bin"], bar["before"], bar["now"]) for bar in worst(page, "bars") if bar["signal"] == "label"]
    assert bars == [("a", 0.8, 0.05), ("b", 0.2, 0.95)]


def test_each_verdict_has_its_words_and_a_link_to_its_predictions(page: Page, preview: Server, group: Group) -> None:
    open_page(page, preview, f'log_group : "{group.log_group}"', board="drift")

    rows = [[row[0], *row[2:]] for row in numbers_of(page, "Verdicts")]
    few = "the current window has 3 of the 200 predictions needed"
    assert rows == [
        ["drift", group.log_group, "1", "predictions", "share of “b” 20 % → 95.0 %", "1,000"],
        ["stable", group.log_group, "1", "predictions", SAME, "1,000"],
        ["not enough data", group.log_group, "1", "predictions", few, "3"],
    ]
    signals = numbers_of(page, "Verdict of each signal, with numbers")
    assert [row[0] for row in signals if row[4] == "label"] == ["drift", "stable"]


def test_the_main_page_shows_the_newest_verdict_of_each_model_the_worst_first(
    page: Page, preview: Server, engine_url: str, group: Group
) -> None:
    """Also after an older window was judged again, and with the controls of the main page."""
    now = datetime.now(UTC)
    worse, older = Group(group.log_group, "2"), now - 5 * HOUR
    store(OpenSearch(engine_url), compared(worse, now, {"a": 800, "b": 200}, {"a": 50, "b": 950}))
    store(OpenSearch(engine_url), compared(worse, older, {"a": 800, "b": 200}, {"a": 800, "b": 200}))

    open_page(page, preview, f'@log_group.keyword : "{group.log_group}"')

    assert [(row["version"], row["drift"], row["state"]) for row in models_now(page)] == [("2", "drift", "drift")]
    assert sums_now(page)["drift"] == "1"
    open_page(page, preview, f'@log_group.keyword : "{group.log_group}" and model.version.keyword : 1')
    assert [(row["version"], row["drift"]) for row in models_now(page)] == [("1", "drift")]


def test_a_thin_hour_does_not_unsay_drift(page: Page, preview: Server, group: Group) -> None:
    open_page(page, preview, f'@log_group.keyword : "{group.log_group}"', **{"from": "now-15m", "to": "now"})

    (row,) = models_now(page)
    assert (row["drift"], row["state"], row["ago"]) == ("drift", "drift", "none")
    assert "share of “b” 20 % → 95.0 %" in row["changed"]
    assert "too few predictions since" in row["changed"]


def test_the_limits_of_the_psi_are_seen_from_the_first_comparison_on(
    page: Page, preview: Server, engine_url: str, imported: str
) -> None:
    first = Group(f"{OURS}{uuid.uuid4().hex}", "1")
    store(OpenSearch(engine_url), compared(first, datetime.now(UTC), {"a": 800, "b": 200}, {"a": 790, "b": 210}))

    open_page(page, preview, f'log_group : "{first.log_group}"', board="drift")

    canvas = panel(page, "PSI against its limits").locator(".body").element_handle()
    series = page.evaluate(
        "(body) => echarts.getInstanceByDom(body).getOption().series.map((s) => [s.data.length, s.showSymbol])", canvas
    )
    line = page.evaluate(
        "(body) => echarts.getInstanceByDom(body).getOption().series[0].markLine.data[0].yAxis", canvas
    )
    assert series == [[1, True]] * 3
    assert line == 0.25
    forget(OpenSearch(engine_url), first.log_group)


def test_a_verdicts_link_leads_into_the_same_dashboards(page: Page, server: Server, group: Group) -> None:
    """Also if Dashboards is below a path, as on AWS."""
    page.goto(f"{server.url}/app/dashboards#/view/drift", timeout=120_000)

    link = page.locator('a[href*="mlops-dashboard?_g="]').first
    address = link.evaluate("(a) => a.href", timeout=120_000)

    assert address.startswith(f"{server.url}/app/dashboards#/view/mlops-dashboard?_g=(time:(from:'")


def test_what_was_not_judged_is_no_green_zero(page: Page, preview: Server, engine_url: str, imported: str) -> None:
    silent = Group(f"{OURS}{uuid.uuid4().hex}", "1")
    now = datetime.now(UTC)
    store(OpenSearch(engine_url), compared(silent, now, {"a": 800, "b": 200}, {"b": 3}))

    open_page(page, preview, f'log_group : "{silent.log_group}"', board="drift")

    assert tile(page, "Not judged") == "1"
    assert worst(page, "runs") == worst(page, "bars") == []
    expect(panel(page, "Worst comparison")).to_contain_text("no comparison had enough predictions")
    forget(OpenSearch(engine_url), silent.log_group)
