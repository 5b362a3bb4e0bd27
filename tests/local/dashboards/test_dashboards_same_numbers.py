"""The preview shows the numbers that a real Dashboards shows of the same documents, panel by panel.

With DASHBOARDS_URL they are compared with those that the real one gets for its own requests. Without it, they are
compared with numbers that are counted here from the documents.
"""

import os
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from dashboards.preview.searching import View
from dashboards.preview.timerange import TimeRange
from tests.local.dashboards.comparing import of_preview, of_real, panels_of, searches_on
from tests.local.dashboards.parts import Events, Server

LABELS = ["acceptable", "unacceptable", *(f"class-{number:02}" for number in range(12))]
"""More than a chart has colours for."""
TAGS = ["cat", "dog", "bird"]
BOARDS = ["mlops-dashboard", "details", "arrivals", "drift", "quality"]


@pytest.fixture
def mixed(events: Events) -> Events:
    """Send what many kinds of models log: labels, numbers, lists, failures, and what no chart counts."""
    sent = []

    def add(number: int, group: str, prediction: dict | None, **more: Any) -> None:
        at = datetime.now(UTC) - timedelta(minutes=10 + 20 * number)
        sent.append(
            {
                "@id": uuid.uuid4().hex,
                "@timestamp": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "@log_group": f"{events.log_group}/{group}",
                "@message": f"line {number}",
                "text": f"Sentence {number}.",
                "prediction": prediction,
                "latency_ms": 10.0 + number,
                "shipper": {"text_words": 2},
                **more,
            }
        )

    for number in range(60):
        label = LABELS[number % 5 and number % len(LABELS)]
        add(number, "classes", {"label": label, "score": number % 21 / 20}, model={"version": f"v{number % 20}"})
    for number in range(30):
        add(number, "numbers", {"value": 1e6 if number == 7 else number * 1.5 - 4})
    for number in range(25):
        add(number, "lists", {"labels": TAGS[: 1 + number % 3]})
    for number in range(5):
        add(number, "classes", None, error={"type": "ValueError", "message": "no"}, shipper={"failed": True})
    for number in range(4):
        add(number, "odd", {"class": "x"})
    add(3, "numbers", {"score": 1000.0})
    events.put(sent)
    return events


@pytest.fixture
def view(mixed: Events) -> View:
    now = datetime.now(UTC)
    return View(TimeRange(now - timedelta(hours=24), now), f"@log_group.keyword : {mixed.log_group}*")


Drawn = Callable[[str], dict[str, Any]]


@pytest.fixture
def drawn(mixed: Events, view: View, tmp_path: Path) -> Drawn:
    """Return a function that gives what the preview draws on a page, by the panels' titles."""
    return lambda board: of_preview(mixed.engine, panels_of(board, tmp_path), view)


if os.environ.get("DASHBOARDS_URL"):

    @pytest.mark.parametrize("board", BOARDS)
    def test_each_panel_has_the_numbers_of_a_real_dashboards(
        page: Page, server: Server, view: View, drawn: Drawn, board: str, tmp_path: Path
    ) -> None:
        asked = f"_a=(query:(language:kuery,query:'{quote(view.query, safe='')}'))"
        paused = "_g=(refreshInterval:(pause:!t,value:0),time:(from:now-24h,to:now))"

        searched = searches_on(page, f"{server.url}/app/dashboards#/view/{board}?{paused}&{asked}")

        real, ours = of_real(searched, panels_of(board, tmp_path / "again"), view), drawn(board)
        assert ours.keys() == real.keys()
        differing = [title for title in ours if ours[title] != real[title]]
        assert {title: ours[title] for title in differing} == {title: real[title] for title in differing}

    def test_each_link_between_pages_opens_its_page(page: Page, server: Server, imported: str) -> None:
        page.goto(f"{server.url}/app/dashboards#/view/mlops-dashboard", timeout=120_000)

        for name in ("Details", "Drift", "MLOps Dashboard", "Quality", "What arrives"):
            page.get_by_role("link", name=name, exact=True).first.click(timeout=120_000)
            expect(page.locator('[data-test-subj="breadcrumb last"]')).to_have_text(name, timeout=120_000)
            expect(page.locator("[data-test-subj=embeddablePanel]").first).to_be_visible(timeout=120_000)


def of(mixed: Events, key: str) -> list[Any]:
    """Return what the predictions hold under this key, where they do."""
    return [each["prediction"][key] for each in mixed.sent if key in (each["prediction"] or {})]


def values(panel: dict[str, Any]) -> list[Any]:
    return [each["value"] for each in panel["values"]]


def summed(panel: dict[str, Any]) -> dict[str, int]:
    return {each["name"]: sum(y for _, y in each["points"]) for each in panel["series"]}


def test_the_tiles_count_every_kind_of_prediction(mixed: Events, drawn: Drawn) -> None:
    main = drawn("details")

    assert values(main["Requests"]) == [125]
    assert values(main["Failed"]) == [5]
    assert values(main["Predictions"]) == [120]
    assert values(main["Least sure"]) == [sum(score < 0.6 for score in of(mixed, "score"))]


def test_the_charts_of_labels_show_one_model_the_busiest_first(mixed: Events, drawn: Drawn) -> None:
    """A share of one model's label among the predictions of all models would mean nothing."""
    counted = Counter(of(mixed, "label"))

    details = drawn("details")

    for title in ("Predictions over time", "Label share"):
        found = details[title]
        shown = summed(found) if "series" in found else {each["name"]: each["value"] for each in found["slices"]}
        assert shown == counted, title
    assert details["Predictions over time"]["note"].startswith(f"{mixed.log_group}/classes, first of 3")


def test_a_number_that_is_no_confidence_is_in_no_mean_and_in_no_bar(mixed: Events, drawn: Drawn) -> None:
    scores = [score for score in of(mixed, "score") if score <= 1]

    main = drawn("details")

    assert sum(summed(main["Confidence"]).values()) == len(scores)
    rows = [
        dict(zip(main["All models and versions"]["columns"], row, strict=True))
        for row in main["All models and versions"]["rows"]
    ]
    classes = [row for row in rows if row["Version"] != "no version"]
    weighed = [row["Confidence"] * row["Requests"] for row in classes]
    assert sum(weighed) / len(scores) == pytest.approx(mean(scores))
    assert {row["Confidence"] for row in rows if row["Version"] == "no version"} == {None}


def test_there_is_one_line_for_each_model_and_version(mixed: Events, drawn: Drawn) -> None:
    models = drawn("details")["All models and versions"]

    counted = Counter((each["@log_group"], each.get("model", {}).get("version", "no version")) for each in mixed.sent)
    assert {(row[0], row[1]): row[2] for row in models["rows"]} == counted
    assert len(models["rows"]) == len(counted) == 24
    failed = {row[0]: row[3] for row in models["rows"] if row[1] == "no version"}
    assert failed == {
        f"{mixed.log_group}/{name}": 5.0 * (name == "classes") for name in ("classes", "numbers", "lists", "odd")
    }


def test_lists_count_each_of_their_labels_and_are_called_no_share(mixed: Events, drawn: Drawn) -> None:
    counted = Counter(tag for tags in of(mixed, "labels") for tag in tags)

    bars = drawn("details")["Several labels: predictions with each"]["series"]

    assert [each["points"] for each in bars] == [[[tag, counted[tag]] for tag in TAGS]]


def test_one_number_far_away_leaves_the_percentiles_as_they_are(mixed: Events, drawn: Drawn) -> None:
    numbers = sorted(of(mixed, "value"))

    details = drawn("details")

    (row,) = details["Predicted values by model"]["rows"]
    assert row[2:4] == [30, numbers[0]]
    assert row[-1] == numbers[-1]
    assert row[5] == pytest.approx(numbers[15], abs=3)
    assert sum(summed(details["Predicted values"]).values()) == 30


def test_what_no_chart_counts_is_said(mixed: Events, drawn: Drawn) -> None:
    arrivals = drawn("arrivals")

    assert {row[0]: row[1] for row in arrivals["What a prediction holds"]["rows"]} == {
        "a label": 60,
        "a number": 30,
        "several labels": 25,
        "failed": 5,
        "none of these: no chart counts it": 5,
    }
    found = {row[0]: row[1] for row in arrivals["Predictions that hold nothing to count"]["rows"]}
    assert found == {f"{mixed.log_group}/odd": 4, f"{mixed.log_group}/numbers": 1}
    assert [row[:3] for row in arrivals["Failed requests"]["rows"]] == [[f"{mixed.log_group}/classes", "ValueError", 5]]


@pytest.mark.parametrize("group", ["numbers", "lists"])
def test_no_chart_of_the_main_page_is_empty_for_a_model_without_labels(
    mixed: Events, view: View, tmp_path: Path, group: str
) -> None:
    alone = View(view.span, f'@log_group.keyword : "{mixed.log_group}/{group}"')

    main = of_preview(mixed.engine, panels_of("mlops-dashboard", tmp_path), alone)

    assert [title for title, each in main.items() if each["kind"] == "series" and not each["series"]] == []


def test_the_data_table_shows_what_was_predicted_whatever_its_shape(mixed: Events, drawn: Drawn) -> None:
    table = drawn("mlops-dashboard")["MLOps Datatable"]

    rows = [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]
    shown = [row["prediction.label"] for row in rows]
    for key, number in (("label", 60), ("labels", 25), ("value", 30)):
        logged = of(mixed, key)
        assert len(logged) == number
        assert all(each in shown or each[0] in shown for each in (logged if key == "labels" else [[x] for x in logged]))
    assert shown == [row["prediction.label.keyword"] for row in rows]
    assert shown.count(None) == 125 - 115
