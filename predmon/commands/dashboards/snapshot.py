"""Draw a dashboard as a picture, or as one HTML file without scripts, for a report or an e-mail."""

import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import uvicorn
from opensearchpy import OpenSearch
from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from dashboards.preview.app import create_app
from dashboards.preview.store import Store
from predmon.errors import UserError
from predmon.paths import NODE_MODULES
from predmon.tools import browser

WIDTH = 1440
DRAWN = "#grid[aria-busy=false]"
FAILED = "#grid p.error"
PANEL_TITLES = "all => all.map(each => each.closest('.panel').dataset.title)"

# Turn charts into pictures, put the styles into the file, and remove everything that needs a script.
_SELF_CONTAINED = """async () => {
  for (const canvas of document.querySelectorAll("canvas")) {
    const picture = document.createElement("img");
    picture.src = canvas.toDataURL("image/png");
    picture.style.cssText = "width:100%;height:auto;display:block";
    canvas.replaceWith(picture);
  }
  const css = await (await fetch("/static/style.css")).text();
  document.querySelectorAll("script, link, form, button, .badge, .heading img").forEach((each) => each.remove());
  const style = document.createElement("style");
  style.textContent = css;
  const policy = document.createElement("meta");
  policy.httpEquiv = "Content-Security-Policy";
  policy.content = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
  document.head.append(policy, style);
  return "<!doctype html>\\n" + document.documentElement.outerHTML;
}"""


def snapshot(
    engine: OpenSearch,
    objects: list[dict[str, Any]],
    dashboard_id: str,
    out: Path,
    *,
    start: str = "",
    end: str = "",
    query: str = "",
    dark: bool = False,
) -> None:
    """Draw a dashboard of `objects` with live data into the file `out` (`.png` or `.html`).

    Raises UserError if there is no browser, or if OpenSearch does not answer.
    """
    options = {"from": start, "to": end, "query": query}
    given = {name: value for name, value in options.items() if value}
    path = f"/app/dashboards?print#/view/{quote(dashboard_id)}?{urlencode(given, quote_via=quote)}"
    with tempfile.TemporaryDirectory() as home, browser.launched() as chromium:
        Store(Path(home)).put(objects)
        with _serve(engine, Path(home)) as url:
            page = chromium.new_page(
                viewport={"width": WIDTH, "height": 900},
                color_scheme="dark" if dark else "light",
                device_scale_factor=2 if out.suffix == ".html" else 1,
            )
            page.goto(url + path)
            _wait_until_drawn(page)
            if out.suffix == ".html":
                out.write_text(page.evaluate(_SELF_CONTAINED), encoding="utf-8")
            else:
                page.screenshot(path=out, full_page=True)


def _wait_until_drawn(page: Page) -> None:
    try:
        page.wait_for_selector(f"{DRAWN}, #problem:not([hidden])", timeout=60_000)
    except PlaywrightTimeout as error:
        raise UserError(
            "The dashboard was not drawn within a minute. Check that OpenSearch answers: predmon status"
        ) from error
    if problem := page.inner_text("#problem"):
        raise UserError(f"The dashboard could not be drawn: {problem}")
    if failed := page.eval_on_selector_all(FAILED, PANEL_TITLES):
        names = ", ".join(dict.fromkeys(failed))
        raise UserError(f"Nothing was written, since a panel could not be drawn: {names}. To see why: predmon open")


@contextmanager
def _serve(engine: OpenSearch, home: Path) -> Iterator[str]:
    """Serve a preview of its own until the picture is finished, and yield its URL."""
    server = uvicorn.Server(uvicorn.Config(create_app(engine, home, NODE_MODULES), log_level="warning"))
    # The socket listens from now on, so a request that comes before the server runs waits for it.
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)
