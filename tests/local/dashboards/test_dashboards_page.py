"""The preview's page in a browser: it updates, searches, fits any screen, and shows log text only as text."""

import json
import re
import uuid

import pytest
from playwright.sync_api import Page, expect

from dashboards.importer.saved_objects import load
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

HOSTILE = '<script>window.hacked = 1</script><img src=x onerror="window.hacked = 2"> {a|b} & "quoted" ünïcode 🙂'


def test_a_new_prediction_appears_without_a_reload_within_seven_seconds(
    page: Page, preview: Server, answered: Events
) -> None:
    open_page(page, preview, answered.query)
    before = int(sums_now(page)["requests"])

    answered.send("Just now.", "acceptable", 0.9, minutes_ago=0)

    expect(panel(page, "MLOps Datatable").get_by_text("Just now.")).to_be_visible(timeout=7000)
    assert int(sums_now(page)["requests"]) == before + 1


def test_markup_in_a_sentence_or_a_label_is_text(page: Page, preview: Server, events: Events) -> None:
    events.send(HOSTILE, HOSTILE, 0.5)
    open_page(page, preview, events.query)

    rows = numbers_of(page, "MLOps Datatable")
    open_page(page, preview, events.query, board="details")
    show_tooltip_of_the_ring(page, "Label share")

    assert rows[0][4] == rows[0][1] == HOSTILE
    assert page.evaluate("window.hacked") is None
    assert page.locator("main script, main img").count() == 0


def show_tooltip_of_the_ring(page: Page, title: str) -> None:
    """Move over a ring of one colour until its tooltip is on the canvas. Only the tooltip changes `{` to `(`."""
    body = panel(page, title).locator(".body")
    width, height = (body.bounding_box()[side] for side in ("width", "height"))
    body.hover(position={"x": width / 2, "y": 0.44 * height - 0.33 * min(width, height)})
    page.wait_for_function(
        "(body) => echarts.getInstanceByDom(body).getZr().storage.getDisplayList()"
        ".some((shape) => shape.style.text?.includes('(a|b)'))",
        arg=body.element_handle(),
    )


def test_a_chart_as_a_table_is_a_table_to_a_screen_reader(page: Page, preview: Server, answered: Events) -> None:
    open_page(page, preview, answered.query, board="details")
    chart = panel(page, "Label share")
    expect(chart.get_by_role("img")).to_have_count(1)

    numbers_of(page, "Label share")
    expect(chart.get_by_role("table")).to_have_count(1)
    expect(chart.get_by_role("img")).to_have_count(0)

    chart.locator(".flip").click()
    expect(chart.get_by_role("img")).to_have_count(1)


def test_the_time_range_and_the_search_box_choose(page: Page, preview: Server, answered: Events) -> None:
    open_page(page, preview, answered.query, board="details")

    page.select_option("#range", "now-15m")
    expect(panel(page, "Predictions").locator("strong")).to_have_text("3")
    page.fill("#query", f"{answered.query} and prediction.label : unacceptable")
    page.press("#query", "Enter")
    expect(panel(page, "Predictions").locator("strong")).to_have_text("1")

    assert "from=now-15m" in page.url


def test_what_was_chosen_is_in_the_address(page: Page, preview: Server, answered: Events) -> None:
    open_page(page, preview, answered.query, board="details", **{"from": "now-15m", "to": "now"})

    assert tile(page, "Predictions") == "3"
    assert page.input_value("#query") == answered.query
    assert page.input_value("#range") == "now-15m"


def test_each_page_opens_at_its_own_time_range(page: Page, preview: Server, answered: Events) -> None:
    """As in Dashboards, also behind a link on a page where another range was chosen."""
    open_page(page, preview, **{"from": "now-3d", "to": "now"})

    for name, start in (("Details", "now-24h"), ("What arrives", "now-24h"), ("Drift", "now-7d")):
        panel(page, "Pages").get_by_role("link", name=name).click()
        expect(page.locator("#title")).to_have_text(name)
        assert page.input_value("#from") == start


def test_a_page_that_somebody_saved_without_a_time_range_keeps_that_of_the_page_before(
    page: Page, preview: Server, answered: Events
) -> None:
    (details,) = [each.body for each in load() if each.key == ("dashboard", "details")]
    own = {**details, "id": "own", "attributes": {**details["attributes"], "title": "Own", "timeRestore": False}}
    files = {"file": ("own.ndjson", json.dumps(own).encode(), "application/ndjson")}
    assert preview.request("POST", "/api/saved_objects/_import", files=files).json()["success"]
    open_page(page, preview, **{"from": "now-3d", "to": "now"})

    page.locator("#dashboards").get_by_role("link", name="Own").click()

    expect(page.locator("#title")).to_have_text("Own")
    assert page.input_value("#from") == "now-3d"
    preview.request("DELETE", "/api/saved_objects/dashboard/own")


def test_the_name_of_a_model_leaves_that_model_alone(page: Page, preview: Server, answered: Events) -> None:
    count = len(predictions(answered))
    answered.put([{**answered.sent[0], "@id": uuid.uuid4().hex, "@log_group": f"{answered.log_group}-other"}])
    open_page(page, preview, f"@log_group.keyword : {answered.log_group}*")
    names = panel(page, "Models now").locator("text", has_text=answered.log_group.rpartition("/")[2][:8])
    names.filter(has_not_text="other").click()

    expect(panel(page, "MLOps Datatable").locator(".note")).to_have_text(str(count))
    assert [row["group"] for row in models_now(page)] == [answered.log_group]


def test_a_link_made_for_dashboards_opens_its_time_range(page: Page, preview: Server, answered: Events) -> None:
    page.goto(
        f"{preview.url}/app/dashboards#/view/mlops-dashboard"
        "?_g=(time:(from:'2026-01-01T00:00:00.000Z',to:'2026-01-01T01:00:00.000Z'))"
    )
    page.wait_for_selector("#grid[aria-busy=false]")

    assert page.input_value("#from") == "2026-01-01T00:00:00.000Z"
    assert page.input_value("#to") == "2026-01-01T01:00:00.000Z"
    assert sums_now(page)["requests"] == "0"


def test_the_control_chooses_one_model(page: Page, preview: Server, answered: Events) -> None:
    open_page(page, preview, board="details")

    panel(page, "Choose").get_by_label("Model, by log group").select_option(answered.log_group)

    expect(panel(page, "Predictions").locator("strong")).to_have_text(str(len(predictions(answered))))


@pytest.mark.parametrize(
    ("box", "text", "problem"),
    [("#query", "prediction.label : (", "parse"), ("#from", "yesterday", "write now, now-24h")],
)
def test_what_cannot_be_read_is_said_and_the_next_try_works(
    page: Page, preview: Server, answered: Events, box: str, text: str, problem: str
) -> None:
    """Also with an index that is older than the time range, since OpenSearch then does not read the query."""
    shown = str(len(predictions(answered)))
    answered.send("Last week.", "acceptable", 0.9, minutes_ago=7 * 24 * 60)
    open_page(page, preview, answered.query, board="details")
    page.select_option("#range", "")

    page.fill(box, text)
    page.press(box, "Enter")
    expect(page.locator("#problem:visible, .panel .error").first).to_contain_text(re.compile(problem, re.IGNORECASE))

    page.fill("#query", answered.query)
    page.fill("#from", "now-24h")
    page.press("#from", "Enter")
    expect(panel(page, "Predictions").locator("strong")).to_have_text(shown)
    expect(page.locator("#problem")).to_be_hidden()


def test_it_says_that_it_is_a_preview(page: Page, preview: Server, answered: Events) -> None:
    open_page(page, preview)

    assert page.locator(".badge").inner_text() == "Preview"
    assert "not OpenSearch Dashboards" in page.locator("footer").inner_text()


def test_it_fits_a_phone(page: Page, preview: Server, answered: Events) -> None:
    page.set_viewport_size({"width": 360, "height": 740})

    open_page(page, preview, answered.query, board="details")

    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert panel(page, "Predictions").bounding_box()["y"] < 740


def test_a_row_of_the_data_table_opens_to_the_whole_document(page: Page, preview: Server, answered: Events) -> None:
    answered.send(HOSTILE, "acceptable", 0.9, minutes_ago=0, customer={"country": "FR"})
    open_page(page, preview, answered.query)
    datatable = panel(page, "MLOps Datatable")

    datatable.get_by_role("button", name="Show the whole document").first.click()
    shown = json.loads(datatable.locator("tr.document pre").inner_text())
    assert shown["customer"] == {"country": "FR"}
    assert shown["text"] == HOSTILE

    answered.send("One more.", "acceptable", 0.9, minutes_ago=0)
    expect(datatable.get_by_text("One more.")).to_be_visible(timeout=7000)
    expect(datatable.locator("tr.document")).to_have_count(1)
    datatable.locator("button[aria-expanded=true]").click()
    expect(datatable.locator("tr.document")).to_have_count(0)


def test_more_rows_than_the_first_200_can_be_shown(page: Page, preview: Server, answered: Events) -> None:
    at = answered.sent[0]["@timestamp"]
    one = {
        "@timestamp": at,
        "@log_group": answered.log_group,
        "text": "Again.",
        "prediction": {"label": "a", "score": 1},
    }
    answered.put([one | {"@id": f"{answered.log_group}-{number}"} for number in range(300)])
    open_page(page, preview, answered.query)
    datatable = panel(page, "MLOps Datatable")
    expect(datatable.locator("tbody tr")).to_have_count(200)
    total = len(predictions(answered))
    expect(datatable.locator(".note")).to_have_text(f"newest 200 of {total}")

    datatable.get_by_role("button", name="more").click()

    expect(datatable.locator("tbody tr")).to_have_count(total)
    expect(datatable.locator(".more")).to_have_count(0)


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
