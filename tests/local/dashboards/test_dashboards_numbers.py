"""The preview draws the numbers that were sent: each panel is compared with a count in the test."""

import json
import time
from collections import Counter

from playwright.sync_api import Page, expect

from dashboards.importer.saved_objects import MAIN_DASHBOARD, load
from tests.local.dashboards.parts import (
    Events,
    Server,
    models_now,
    numbers_of,
    open_page,
    panel,
    predictions,
    sums_now,
    tile,
)


def test_every_panel_is_drawn(page: Page, preview: Server, answered: Events) -> None:
    dashboard = next(each for each in load() if each.id == MAIN_DASHBOARD)

    open_page(page, preview, answered.query)

    sections = page.locator("main section")
    assert sections.count() == len(json.loads(dashboard.body["attributes"]["panelsJSON"]))
    for section in sections.all():
        kind, title = section.get_attribute("data-kind"), section.get_attribute("data-title")
        assert kind in ("series", "pie", "metric", "table", "controls", "markdown", "vega"), title
        assert section.locator(".nothing").count() == 0, title
        if kind in ("series", "pie"):
            assert section.locator("canvas").count() == 1


def test_the_tiles_say_what_was_sent(page: Page, preview: Server, answered: Events) -> None:
    sent = predictions(answered)

    open_page(page, preview, answered.query, board="details")

    assert tile(page, "Requests") == tile(page, "Predictions") == str(len(sent))
    assert tile(page, "Failed") == "0"
    assert tile(page, "Least sure") == str(sum(each["prediction"]["score"] < 0.6 for each in sent))


def test_the_main_page_is_one_table(page: Page, preview: Server, answered: Events) -> None:
    """One row says how the model does; the first row, how many models do so, and what came in."""
    answered.put(
        [{**answered.sent[0], "@id": f"{answered.log_group}-no", "prediction": {}, "shipper": {"failed": True}}]
    )
    latencies = {**answered.sent[0], "latency_ms": -1, "@id": f"{answered.log_group}-odd"}
    answered.put([latencies])

    open_page(page, preview, answered.query)

    (row,) = models_now(page)
    count = len(predictions(answered))
    assert (row["requests"], row["failed"], row["share"]) == (count, 1, f"{100 / count:.1f}%")
    assert row["base"] == f"{answered.log_group.rpartition('/')[2]} m"
    assert row["title"].endswith(" · 1.0.0")
    assert row["state"] == "not judged yet"
    assert row["ago"] == "2 min ago"
    assert 10 <= row["slow"] <= 90, "the percentile of the latencies that can be one"
    sums = sums_now(page)
    assert (sums["requests"], sums["lines kept raw"], sums["not judged yet"]) == (str(count), "1", "1")
    assert sums["failed"] == f"{100 / count:.1f}%"


def test_labels_are_counted(page: Page, preview: Server, answered: Events) -> None:
    counted = Counter(each["prediction"]["label"] for each in predictions(answered))
    expected = [[label, str(count)] for label, count in counted.most_common()]

    open_page(page, preview, answered.query)

    assert numbers_of(page, "Predictions by label") == expected
    open_page(page, preview, answered.query, board="details")
    assert numbers_of(page, "Label share") == expected


def test_predictions_over_time_add_up_to_what_was_sent(page: Page, preview: Server, answered: Events) -> None:
    open_page(page, preview, answered.query, board="details")

    rows = numbers_of(page, "Predictions over time")

    counts = [int(cell) for row in rows for cell in row[1:] if cell != "-"]
    assert sum(counts) == len(predictions(answered))
    assert len(rows) >= 3


def test_stacked_bars_stand_on_each_other(page: Page, preview: Server, answered: Events) -> None:
    """Bars are stacked by position, so a series without a bar at one place must not move to the next place."""
    for board, title in (("details", "Predictions over time"), ("details", "Confidence")):
        open_page(page, preview, answered.query, board=board)
        canvas = panel(page, title).locator(".body").element_handle()
        places = page.evaluate(
            "(body) => echarts.getInstanceByDom(body).getOption().series.map((s) => s.data.map(([x]) => x))", canvas
        )
        assert len(places) == 2, title
        assert places[0] == places[1] == sorted(places[0]), title


def test_scores_fall_into_the_bars_that_their_names_say(page: Page, preview: Server, answered: Events) -> None:
    """Also those at an edge, whatever floating point makes of it; one large number moves nothing."""
    for score in (0.7, 0.35, 0.3, 1.0, 0.0, 1_000_000.0):
        answered.send("At an edge.", "acceptable", score)
    scores = [each["prediction"]["score"] for each in predictions(answered)]

    open_page(page, preview, answered.query, board="details")

    rows = numbers_of(page, "Confidence")
    drawn = {row[0]: sum(int(cell) for cell in row[1:] if cell != "-") for row in rows}
    bars = Counter(round(score * 1000) // 50 for score in scores if score <= 1)
    assert drawn == {f"{n / 20:.3g}": bars[n] for n in range(21)}


def test_percentiles_are_those_of_the_values(page: Page, preview: Server, answered: Events) -> None:
    for board, title in (("details", "Latency over time"), ("details", "Confidence over time")):
        open_page(page, preview, answered.query, board=board)
        lowest = [float(row[1].replace(",", "")) for row in numbers_of(page, title)]
        assert lowest, title
        if title == "Latency over time":
            assert min(lowest) == 10.0


def test_the_least_sure_prediction_comes_first(page: Page, preview: Server, answered: Events) -> None:
    open_page(page, preview, answered.query, board="details")

    first = numbers_of(page, "Least sure predictions")[0]
    assert first[1:] == ["0.52", "unacceptable", "Sentence 2 not fine is."]


def test_a_line_kept_raw_is_shown_with_its_reason(page: Page, preview: Server, answered: Events) -> None:
    open_page(page, preview, answered.query, board="arrivals")

    found = numbers_of(page, "Lines kept raw")[0]
    line, why, instead = '{"prediction": {"label":', "not whole", "Log JSON."
    assert [*found[:3], *found[4:]] == ["broken_json", answered.log_group, "1", line, why, instead]


def test_a_label_of_several_is_not_shown_with_anothers_score(page: Page, preview: Server, answered: Events) -> None:
    """OpenSearch stores a list's labels and scores, but not which score belongs to which label."""
    both = [{"label": "cat", "score": 0.7}, {"label": "dog", "score": 0.1}]
    answered.send("A cat and perhaps a dog.", "cat", 0.7, prediction=both)

    open_page(page, preview, answered.query, board="details")

    rows = {row[3]: row[1:3] for row in numbers_of(page, "Least sure predictions")}
    assert rows["A cat and perhaps a dog."] == ["-", "-"]
    assert {label for _, label in rows.values()} == {"acceptable", "unacceptable", "-"}


def test_the_axis_is_the_time_range_in_whole_bars(page: Page, preview: Server, events: Events) -> None:
    events.send("The only one.", "acceptable", 0.9, model={"version": "1"})
    for board, title in (
        ("details", "Predictions over time"),
        ("details", "Model versions over time"),
        ("mlops-dashboard", "Requests of the busiest models"),
    ):
        open_page(page, preview, events.query, board=board)
        start, end = extent(page, title)
        assert 24 <= (end - start) / 3_600_000 <= 25, title
        assert 0 <= end / 1000 - time.time() <= 30 * 60, title


def extent(page: Page, title: str) -> tuple[float, float]:
    """Return the start and end of a chart's time axis in milliseconds."""
    canvas = panel(page, title).locator(".body").element_handle()
    axis = "echarts.getInstanceByDom(body).getModel().getComponent('xAxis', 0).axis"
    return tuple(page.evaluate(f"(body) => {axis}.scale.getExtent()", canvas))


def shades_of(page: Page, title: str) -> dict[str, str]:
    """Return the colour of each series of a chart."""
    canvas = panel(page, title).locator(".body").element_handle()
    series = "echarts.getInstanceByDom(body).getOption().series.map((s) => [s.name, s.itemStyle.color])"
    return dict(page.evaluate(f"(body) => {series}", canvas))


def test_a_label_keeps_its_colour_when_another_one_becomes_the_most_frequent(
    page: Page, preview: Server, events: Events
) -> None:
    for label in ("cat", "cat", "dog"):
        events.send(label, label, 0.9)
    open_page(page, preview, events.query, board="details")
    before = shades_of(page, "Predictions over time")

    for _ in range(3):
        events.send("dog", "dog", 0.9)
    page.reload()
    page.wait_for_selector("#grid[aria-busy=false]")

    after = shades_of(page, "Predictions over time")
    assert list(before) == ["cat", "dog"]
    assert list(after) == ["dog", "cat"]
    assert after == before


def test_labels_that_are_shown_together_have_colours_of_their_own(
    page: Page, preview: Server, answered: Events
) -> None:
    for label in ("cat", "dog", "positive"):
        answered.send(label, label, 0.9)

    open_page(page, preview, answered.query, board="details")

    shades = shades_of(page, "Predictions over time")
    assert (shades["acceptable"], shades["unacceptable"]) == ("#2a9d8f", "#e76f51")
    assert len(set(shades.values())) == len(shades) == 5


def test_the_data_table_shows_the_keyword_beside_the_label(page: Page, preview: Server, answered: Events) -> None:
    open_page(page, preview, answered.query)

    table = panel(page, "MLOps Datatable")
    heads = table.locator("thead th").all_inner_texts()
    tutorials = ["prediction.label", "prediction.label.keyword", "prediction.score"]
    assert heads == ["", "@timestamp", *tutorials, "text"]
    for row in numbers_of(page, "MLOps Datatable"):
        assert row[1] == row[2]
        assert row[1] in ("acceptable", "unacceptable")


def test_a_version_that_answered_first_in_the_time_range_is_a_mark(page: Page, preview: Server, events: Events) -> None:
    """One that answered in the day before is no deployment, nor is the first version of a model."""
    for version, hours_ago in (("1", 40), ("2", 30), ("2", 5), ("3", 2), ("3", 1)):
        events.send("Hello.", "a", 0.9, minutes_ago=60 * hours_ago, model={"version": version})

    open_page(page, preview, events.query, board="details")

    script = "(body) => body.vega.data('deployments').map(({version}) => version)"
    assert panel(page, "Deployments").locator(".body").evaluate(script) == ["3"]


def test_older_versions_follow_those_that_serve(page: Page, preview: Server, events: Events) -> None:
    for version, hours_ago in (("1", 5), ("2", 0.1)):
        events.send("Hello.", "a", 0.9, minutes_ago=60 * hours_ago, model={"version": version})

    open_page(page, preview, events.query)

    script = "(body) => body.vega.data('fitting').map(({version, serves, y}) => [y, version, serves])"
    rows = panel(page, "Models now").locator(".body").evaluate(script)
    assert [each[1:] for each in sorted(rows)] == [["2", True], ["1", False]]
    expect(panel(page, "Models now")).to_contain_text("Older versions")
