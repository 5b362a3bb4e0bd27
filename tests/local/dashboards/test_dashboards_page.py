"""The preview's page in a browser: the right numbers, live, and log text that stays text."""

import json
import math
import re
from collections import Counter
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from dashboards.importer.saved_objects import MAIN_DASHBOARD, load
from tests.local.dashboards.parts import Events, Server

HOSTILE = '<script>window.hacked = 1</script><img src=x onerror="window.hacked = 2"> {a|b} & "quoted" ünïcode 🙂'


@pytest.fixture
def answered(events: Events) -> Events:
    """Nine predictions of one model within the last hours, one of them least sure, and one line kept raw."""
    more = {"model": {"name": "m", "version": "1.0.0"}, "latency_ms": 10.0}
    for number, score in enumerate((0.97, 0.93, 0.93, 0.88, 0.71)):
        events.send(f"Sentence {number} is fine.", "acceptable", score, minutes_ago=60 * number + 2, **more)
    for number, score in enumerate((0.99, 0.81, 0.52)):
        events.send(f"Sentence {number} not fine is.", "unacceptable", score, minutes_ago=70 * number + 3, **more)
    events.send("A long one " * 200, "acceptable", 0.96, minutes_ago=4, **{**more, "latency_ms": 90.0})
    events.put(
        [
            {
                "@id": f"{events.log_group}-raw",
                "@timestamp": events.sent[0]["@timestamp"],
                "@log_group": events.log_group,
                "@message": '{"prediction": {"label": ',
                "shipper": {"kept_raw": {"reason": "broken_json", "detail": "not whole"}},
            }
        ]
    )
    return events


def predictions(events: Events) -> list[dict]:
    return [each for each in events.sent if "prediction" in each]


def open_page(page: Page, server: Server, query: str = "", **params: str) -> None:
    given = "&".join(f"{name}={quote(value, safe='')}" for name, value in {"query": query, **params}.items() if value)
    page.goto(f"{server.url}/app/dashboards#/view/mlops-dashboard?{given}")
    page.wait_for_selector("#grid[aria-busy=false]")


def panel(page: Page, title: str):  # noqa: ANN201 - a Playwright locator
    return page.locator(f'section[data-title="{title}"]')


def numbers_of(page: Page, title: str) -> list[list[str]]:
    """The rows behind a chart, by its button "as a table"; of a table, its rows."""
    found = panel(page, title)
    if found.get_attribute("data-kind") in ("series", "pie"):
        found.hover()
        found.locator(".flip").click()
    return [row.locator("td").all_inner_texts() for row in found.locator("tbody tr").all()]


def tile(page: Page, title: str) -> str:
    return panel(page, title).locator("strong").inner_text()


def test_every_panel_is_drawn(page: Page, preview: Server, answered: Events) -> None:
    dashboard = next(each for each in load() if each.id == MAIN_DASHBOARD)

    open_page(page, preview, answered.query)

    sections = page.locator("main section")
    assert sections.count() == len(json.loads(dashboard.body["attributes"]["panelsJSON"]))
    for section in sections.all():
        kind = section.get_attribute("data-kind")
        assert kind in ("series", "pie", "metric", "table", "controls"), section.get_attribute("data-title")
        assert section.locator(".nothing").count() == 0, section.get_attribute("data-title")
        if kind in ("series", "pie"):
            assert section.locator("canvas").count() == 1


def test_the_tiles_say_what_was_sent(page: Page, preview: Server, answered: Events) -> None:
    sent = predictions(answered)

    open_page(page, preview, answered.query)

    scores = [each["prediction"]["score"] for each in sent]
    assert tile(page, "Predictions") == str(len(sent))
    assert float(tile(page, "Mean score")) == pytest.approx(sum(scores) / len(scores), abs=0.0005)
    assert tile(page, "Unsure") == str(sum(score < 0.6 for score in scores))
    assert tile(page, "Kept raw") == "1"
    assert "bad" in (panel(page, "Kept raw").locator("strong").get_attribute("class") or "")


def test_labels_are_counted(page: Page, preview: Server, answered: Events) -> None:
    counted = Counter(each["prediction"]["label"] for each in predictions(answered))
    expected = [[label, str(count)] for label, count in counted.most_common()]

    open_page(page, preview, answered.query)

    assert numbers_of(page, "Predictions by label") == expected
    assert numbers_of(page, "Label share") == expected


def test_predictions_over_time_add_up_to_what_was_sent(page: Page, preview: Server, answered: Events) -> None:
    open_page(page, preview, answered.query)

    rows = numbers_of(page, "Predictions over time")

    counts = [int(cell) for row in rows for cell in row[1:] if cell != "-"]
    assert sum(counts) == len(predictions(answered))
    assert len(rows) >= 3


def test_stacked_bars_stand_on_each_other(page: Page, preview: Server, answered: Events) -> None:
    """Stacks are built by position: a series without a bar at one place must not slip to the next."""
    open_page(page, preview, answered.query)

    for title in ("Predictions over time", "Confidence"):
        canvas = panel(page, title).locator(".body").element_handle()
        places = page.evaluate(
            "(body) => echarts.getInstanceByDom(body).getOption().series.map((s) => s.data.map(([x]) => x))", canvas
        )
        assert len(places) == 2, title
        assert places[0] == places[1] == sorted(places[0]), title


def test_scores_fall_into_their_bars(page: Page, preview: Server, answered: Events) -> None:
    bars = Counter(
        f"{math.floor(round(each['prediction']['score'] * 1000) / 50) * 0.05:.3g}" for each in predictions(answered)
    )

    open_page(page, preview, answered.query)

    rows = numbers_of(page, "Confidence")
    drawn = {row[0]: sum(int(cell) for cell in row[1:] if cell != "-") for row in rows}
    assert drawn == bars


def test_percentiles_are_those_of_the_values(page: Page, preview: Server, answered: Events) -> None:
    open_page(page, preview, answered.query)

    for title in ("Latency over time", "Input length over time", "Confidence over time"):
        lowest = [float(row[1].replace(",", "")) for row in numbers_of(page, title)]
        assert lowest, title
        if title == "Latency over time":
            assert min(lowest) == 10.0


def test_the_least_sure_prediction_comes_first(page: Page, preview: Server, answered: Events) -> None:
    open_page(page, preview, answered.query)

    first = numbers_of(page, "Least sure predictions")[0]
    assert first[:3] == ["Sentence 2 not fine is.", "unacceptable", "0.52"]


def test_a_line_kept_raw_is_shown_with_its_reason(page: Page, preview: Server, answered: Events) -> None:
    open_page(page, preview, answered.query)

    reason, log_group, line, count, _ = numbers_of(page, "Lines kept raw")[0]
    assert (reason, log_group, line, count) == (
        "broken_json",
        answered.log_group,
        '{"prediction": {"label":',
        "1",
    )


def test_the_data_table_shows_the_keyword_beside_the_label(page: Page, preview: Server, answered: Events) -> None:
    open_page(page, preview, answered.query)

    table = panel(page, "MLOps Datatable")
    heads = table.locator("th").all_inner_texts()
    assert heads == ["@timestamp", "prediction.label", "prediction.label.keyword", "prediction.score", "text"]
    for row in numbers_of(page, "MLOps Datatable"):
        assert row[1] == row[2]
        assert row[1] in ("acceptable", "unacceptable")


def test_a_new_prediction_appears_without_a_reload_within_seven_seconds(
    page: Page, preview: Server, answered: Events
) -> None:
    open_page(page, preview, answered.query)
    before = int(tile(page, "Predictions"))

    answered.send("Just now.", "acceptable", 0.9, minutes_ago=0)

    expect(panel(page, "Predictions").locator("strong")).to_have_text(str(before + 1), timeout=7000)
    expect(panel(page, "MLOps Datatable").get_by_text("Just now.")).to_be_visible(timeout=1000)


def test_markup_in_a_sentence_or_a_label_is_text(page: Page, preview: Server, events: Events) -> None:
    events.send(HOSTILE, HOSTILE, 0.5)
    open_page(page, preview, events.query)

    rows = numbers_of(page, "MLOps Datatable")
    panel(page, "Label share").locator("canvas").hover()
    page.wait_for_timeout(300)

    assert rows[0][4] == rows[0][1] == HOSTILE
    assert page.evaluate("window.hacked") is None
    assert page.locator("main script, main img").count() == 0


def test_the_time_range_and_the_search_box_choose(page: Page, preview: Server, answered: Events) -> None:
    open_page(page, preview, answered.query)

    page.select_option("#range", "now-15m")
    expect(panel(page, "Predictions").locator("strong")).to_have_text("3")
    page.fill("#query", f"{answered.query} and prediction.label : unacceptable")
    page.press("#query", "Enter")
    expect(panel(page, "Predictions").locator("strong")).to_have_text("1")

    assert "from=now-15m" in page.url


def test_what_was_chosen_is_in_the_address(page: Page, preview: Server, answered: Events) -> None:
    open_page(page, preview, answered.query, **{"from": "now-15m", "to": "now"})

    assert tile(page, "Predictions") == "3"
    assert page.input_value("#query") == answered.query
    assert page.input_value("#range") == "now-15m"


def test_a_link_made_for_dashboards_opens_its_time_range(page: Page, preview: Server, answered: Events) -> None:
    page.goto(
        f"{preview.url}/app/dashboards#/view/mlops-dashboard"
        "?_g=(time:(from:'2026-01-01T00:00:00.000Z',to:'2026-01-01T01:00:00.000Z'))"
    )
    page.wait_for_selector("#grid[aria-busy=false]")

    assert page.input_value("#from") == "2026-01-01T00:00:00.000Z"
    assert page.input_value("#to") == "2026-01-01T01:00:00.000Z"
    assert tile(page, "Predictions") == "0"


def test_the_control_chooses_one_model(page: Page, preview: Server, answered: Events) -> None:
    open_page(page, preview)

    panel(page, "Choose").locator("select").select_option(answered.log_group)

    expect(panel(page, "Predictions").locator("strong")).to_have_text(str(len(predictions(answered))))


@pytest.mark.parametrize(
    ("box", "text", "problem"),
    [("#query", "prediction.label : (", "parse"), ("#from", "yesterday", "write now, now-24h")],
)
def test_what_cannot_be_read_is_said_and_the_next_try_works(
    page: Page, preview: Server, answered: Events, box: str, text: str, problem: str
) -> None:
    open_page(page, preview, answered.query)
    page.select_option("#range", "")

    page.fill(box, text)
    page.press(box, "Enter")
    expect(page.locator("#problem:visible, .panel .error").first).to_contain_text(re.compile(problem, re.IGNORECASE))

    page.fill("#query", answered.query)
    page.fill("#from", "now-24h")
    page.press("#from", "Enter")
    expect(panel(page, "Predictions").locator("strong")).to_have_text(str(len(predictions(answered))))
    expect(page.locator("#problem")).to_be_hidden()


def test_it_says_that_it_is_a_preview(page: Page, preview: Server, answered: Events) -> None:
    open_page(page, preview)

    assert page.locator(".badge").inner_text() == "Preview"
    assert "not OpenSearch Dashboards" in page.locator("footer").inner_text()


def test_it_fits_a_phone(page: Page, preview: Server, answered: Events) -> None:
    page.set_viewport_size({"width": 360, "height": 740})

    open_page(page, preview, answered.query)

    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert panel(page, "Predictions").bounding_box()["y"] < 740


def test_light_and_dark(page: Page, preview: Server, answered: Events) -> None:
    page.emulate_media(color_scheme="dark")
    open_page(page, preview, answered.query)

    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("#theme")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")

    assert (dark, light) == ("rgb(13, 18, 24)", "rgb(243, 245, 248)")


def test_no_script_but_its_own_may_run(preview: Server) -> None:
    policy = preview.request("GET", "/app/dashboards").headers["content-security-policy"]

    assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
    assert "unsafe" not in policy
