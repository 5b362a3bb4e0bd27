"""In the preview and in a real Dashboards, every panel opens without an error and shows the numbers that were sent."""

import json
import re
from dataclasses import dataclass
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from dashboards.importer.saved_objects import MAIN_DASHBOARD, SavedObject, load
from tests.local.dashboards.parts import Events, Server

BOARDS = [each for each in load() if each.type == "dashboard"]
MINUTE = 60_000
PANEL = '[data-test-subj="embeddablePanel"]'


@dataclass(frozen=True)
class Look:
    """Selectors for the same elements, on the preview's page or on that of Dashboards."""

    panel: str
    drawn: str
    error: str
    number: str
    head: str
    cell: str


PREVIEW = Look(
    panel="main section",
    drawn="main section[data-kind]",
    error="main .error, #problem:not([hidden])",
    number=".metrics strong",
    head="thead th:not([aria-label])",
    cell="td",
)
DASHBOARDS = Look(
    panel=PANEL,
    # A table or a saved search without a hit is never marked as complete.
    drawn=f'{PANEL}:has([data-render-complete="true"]), {PANEL}:has-text("No results found")',
    error='[data-test-subj="embeddableError"], [data-test-subj="globalToastList"] .euiToast--danger, '
    '.visError:not(:has-text("No results found"))',
    number=".mtrVis__value",
    # The column of buttons has no text; the others are headed by a field's name.
    head='[data-test-subj^="dataGridHeaderCell-"]',
    cell='[data-test-subj="dataGridRowCell"]',
)


def open_board(page: Page, server: Server, board: str, query: str) -> Look:
    """Open a dashboard with a search, and wait until everything is drawn and nothing refreshes."""
    is_preview = server.request("GET", "/api/status").json()["name"] == "preview"
    look = PREVIEW if is_preview else DASHBOARDS
    if is_preview:
        page.goto(f"{server.url}/app/dashboards#/view/{board}?query={quote(query, safe='')}")
        page.wait_for_selector("#grid[aria-busy=false]")
        return look
    paused = "_g=(refreshInterval:(pause:!t,value:0),time:(from:now-24h,to:now))"
    asked = f"_a=(query:(language:kuery,query:'{quote(query, safe='')}'))"
    page.set_viewport_size({"width": 1440, "height": 3000})
    page.goto(f"{server.url}/app/dashboards#/view/{board}?{paused}&{asked}", timeout=2 * MINUTE)
    page.wait_for_selector(look.panel, timeout=2 * MINUTE)
    return look


def panels_of(board: SavedObject) -> list[dict]:
    return json.loads(board.body["attributes"]["panelsJSON"])


@pytest.fixture
def sent(events: Events) -> Events:
    """Send five predictions. The browser searches only for these."""
    for score, label in ((0.9, "acceptable"), (0.8, "acceptable"), (0.7, "unacceptable"), (0.5, "acceptable")):
        events.send(f"A sentence of {score}.", label, score, latency_ms=12.0, model={"version": "1"})
    return events


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.id)
def test_every_panel_opens_without_an_error(page: Page, server: Server, sent: Events, board: SavedObject) -> None:
    look = open_board(page, server, board.id, "")

    expect(page.locator(look.panel)).to_have_count(len(panels_of(board)), timeout=MINUTE)
    expect(page.locator(look.drawn)).to_have_count(len(panels_of(board)), timeout=2 * MINUTE)
    assert page.locator(look.error).all_inner_texts() == []


def test_the_tiles_show_what_was_sent(page: Page, server: Server, sent: Events) -> None:
    look = open_board(page, server, "details", sent.query)

    numbers = page.locator(look.number)
    expect(numbers.first).to_have_text(re.compile(r"^\s*4\s*$"), timeout=2 * MINUTE)
    expect(numbers).to_have_count(4, timeout=MINUTE)
    assert [each.strip() for each in numbers.all_inner_texts()] == ["4", "0", "4", "1"]


def test_the_main_table_shows_what_was_sent(page: Page, server: Server, sent: Events) -> None:
    """Both draw it with Vega as SVG, so that its words can be read."""
    look = open_board(page, server, MAIN_DASHBOARD, sent.query)

    table = page.locator(look.panel).filter(has=page.locator("svg text", has_text="What changed"))
    expect(table.locator("text", has_text="What changed").first).to_be_visible(timeout=2 * MINUTE)
    expect(table.locator("text", has_text="not judged yet").first).to_be_visible(timeout=MINUTE)
    words = table.locator("text").all_text_contents()
    assert [each for each in words if each.startswith("requests")] == ["requests"]
    assert {"4", "0 %", "12", "not judged yet"} <= set(words)


def test_the_keyword_column_shows_its_value(page: Page, server: Server, sent: Events) -> None:
    """The field is not in a document's source, so the saved search has to request it."""
    look = open_board(page, server, MAIN_DASHBOARD, sent.query)

    table = page.locator(look.panel).filter(has_text="MLOps Datatable")
    table.locator(look.cell).first.scroll_into_view_if_needed(timeout=2 * MINUTE)
    heads = [_first_line(each.text_content()) for each in table.locator(look.head).all()]
    cells = [_first_line(each) for each in table.locator(look.cell).all_inner_texts()]
    rows = [cells[i : i + len(heads)] for i in range(0, len(cells), len(heads))]
    label, keyword = heads.index("prediction.label"), heads.index("prediction.label.keyword")
    assert sorted(row[keyword] for row in rows) == ["acceptable"] * 3 + ["unacceptable"]
    assert [row[label] for row in rows] == [row[keyword] for row in rows]


def _first_line(text: str | None) -> str:
    """Return the cell's text without the lines that Dashboards adds for screen readers."""
    return (text or "").strip().split("\n")[0]
