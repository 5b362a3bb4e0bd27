"""The preview's Quality page, and the two tiles of the main page: a classifier, a regression, and no truth yet."""

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from opensearchpy import OpenSearch, helpers
from playwright.sync_api import Page

from contracts import actuals
from monitors.quality.all_groups import judge_all
from monitors.quality.config import Config
from monitors.quality.report import make_documents
from tests.local.dashboards.conftest import OURS
from tests.local.dashboards.parts import Server, forget, models_now, numbers_of, open_page, panel, tile
from tests.local.quality.parts import run_join

CLASSIFIED = [("a", "a", 0.9), ("a", "a", 0.8), ("a", "b", 0.99), ("b", "b", 0.7), ("b", "a", 0.6)]
"""What was predicted, what is true, how sure the model was."""
MEASURED = [(10.0, 12.0), (20.0, 15.0), (30.0, 30.0)]


Rows = list[tuple[dict[str, Any], dict[str, Any] | None]]
"""Predictions with their actuals, if they have one."""


@pytest.fixture
def told(engine_url: str, imported: str) -> Iterator[Callable[[Rows], str]]:
    """Return a function that stores, joins and judges rows in a log group of their own, and returns the group."""
    search, group = OpenSearch(engine_url), f"{OURS}{uuid.uuid4().hex}"
    yield lambda rows: tell(search, group, rows)
    forget(search, group)


def tell(search: OpenSearch, group: str, rows: Rows) -> str:
    now = datetime.now(UTC)
    made, lines = [], []
    for number, (prediction, actual) in enumerate(rows):
        identity, at = f"{group} {number}", now - timedelta(minutes=number + 1)
        source = {"@timestamp": at.isoformat(), "@log_group": group, "prediction_id": identity}
        made.append(
            {"_index": f"cwl-{at:%Y.%m.%d}", "_source": {**source, "prediction": prediction, "text": f"Row {number}."}}
        )
        if actual:
            lines.append(actuals.action(identity, actual, round(now.timestamp() * 1000)))
            lines.append(actuals.document(identity, actual, round(now.timestamp() * 1000), source="test"))
    helpers.bulk(search, made, refresh=True)
    if lines:
        search.bulk(body=lines, params={"refresh": "true"})
    config = Config("http://unused")
    run_join(search, config, now=now)
    runs = [run for run in judge_all(search, now, config) if run.group.log_group == group]
    helpers.bulk(search, [action for run in runs for action in make_documents(run)], refresh=True)
    return group


def standings(page: Page) -> list[dict[str, Any]]:
    """Return the rows of the page's first table, as they are drawn."""
    script = "(body) => body.vega.data('rows').toSorted((a, b) => a.y - b.y).map(({only, s, ...row}) => row)"
    return list(panel(page, "Standings").locator(".body").evaluate(script))


def test_a_classifiers_page_counts_what_was_right_and_shows_the_surest_errors_first(
    page: Page, preview: Server, told: Callable[[Rows], str]
) -> None:
    rows = [({"label": said, "score": score}, {"label": true}) for said, true, score in CLASSIFIED]
    group = told(rows)

    open_page(page, preview, f'@log_group.keyword : "{group}"', board="quality")

    (row,) = standings(page)
    assert (row["of"], row["right"], row["f"]["matthews_correlation"]) == ("5 (100%)", "60.0%", pytest.approx(1 / 6))
    assert tile(page, "Accuracy") == "60 %"
    assert numbers_of(page, "Confusion matrix") == [["a", "a", "2"], ["a", "b", "1"], ["b", "a", "1"], ["b", "b", "1"]]
    assert numbers_of(page, "Recall by label") == [["a", "66.7 %", "3"], ["b", "50 %", "2"]]
    wrong = [row[-4:] for row in numbers_of(page, "Most confident and wrong")]
    assert wrong == [["0.99", "a", "b", "Row 2."], ["0.6", "b", "a", "Row 4."]]


def test_a_regressions_page_has_its_errors_and_the_largest_first(
    page: Page, preview: Server, told: Callable[[Rows], str]
) -> None:
    group = told([({"value": said}, {"value": true}) for said, true in MEASURED])

    open_page(page, preview, f'@log_group : "{group}"', board="quality")

    assert tile(page, "Mean absolute error") == "2.333"
    largest = [[row[0], *row[-3:]] for row in numbers_of(page, "Largest errors")]
    assert largest == [["5", "20", "15", "Row 1."], ["2", "10", "12", "Row 0."], ["0", "30", "30", "Row 2."]]


def test_without_any_truth_the_page_says_so_and_how_one_is_sent(
    page: Page, preview: Server, told: Callable[[Rows], str]
) -> None:
    group = told([({"label": "a", "score": 0.9}, None)])

    open_page(page, preview, f'log_group : "{group}"', board="quality")

    (row,) = standings(page)
    assert [row[name] for name in ("group", "version", "standing", "of")] == [group, "", "not sure yet", "none"]
    assert row["shown"] == ["none of 1 prediction has a truth"]
    assert "predmon actuals FILE" in panel(page, "About quality").inner_text()


def test_the_main_page_has_the_accuracy_where_the_truth_is_known(
    page: Page, preview: Server, told: Callable[[Rows], str]
) -> None:
    group = told([({"label": "a"}, {"label": "a"}), ({"label": "a"}, {"label": "b"})])

    open_page(page, preview, f'@log_group : "{group}"')

    (row,) = models_now(page)
    assert (row["right"], row["truths"]) == ("50.0%", "2 (100%)")
