"""Serve the preview: the Dashboards calls, the data of a dashboard, and the page that draws it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from opensearchpy import OpenSearch
from opensearchpy.exceptions import ConnectionError, OpenSearchException
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboards.importer.saved_objects import MAIN_DASHBOARD
from dashboards.preview import api
from dashboards.preview.drawings import drawing
from dashboards.preview.importing import RefusedError
from dashboards.preview.own_pages import OwnPages
from dashboards.preview.panels import Dashboard, MissingObjectError, Panel, dashboard
from dashboards.preview.searching import SAMPLE_SIZE, View, search, unexpected
from dashboards.preview.store import Store
from dashboards.preview.timerange import TimeRange, TimeRangeError

NO_ENGINE = (
    "OpenSearch does not answer, so this page shows what was there before. It goes on trying. To see what runs: "
    "predmon status. To start it again: predmon up"
)
STATIC = Path(__file__).parent / "static"
LIBRARIES = {
    "echarts": "echarts/dist/echarts.common.min.js",
    "vega": "vega/build/vega.min.js",
    "vega-interpreter": "vega-interpreter/build/vega-interpreter.min.js",
}
"""The second draws what Dashboards draws with the same library; the third lets it do so without `eval`."""
SECURITY_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
}


def create_app(engine: OpenSearch, home: Path, assets: Path) -> Starlette:
    """Return the web application over one OpenSearch.

    `home` is the folder for imported objects, and `assets` the folder with the charting library.
    """
    store = Store(home)

    def state() -> str:
        return "green" if engine.ping() else "red"

    def describe(request: Request) -> Response:
        return JSONResponse(_describe(dashboard(store, request.path_params["id"])))

    def draw(request: Request) -> Response:
        found = dashboard(store, request.path_params["id"])
        view = _view(request, found)
        answers = search(engine, found.panels, view)
        drawings = {each.index: _draw(each, answers.get(each.index, {}), view.span) for each in found.panels}
        return JSONResponse({"panels": drawings})

    def document(request: Request) -> Response:
        found = engine.get(index=request.path_params["index"], id=request.query_params["id"])
        return JSONResponse(found["_source"])

    def dashboards(_: Request) -> Response:
        stored = sorted(store.all("dashboard"), key=lambda each: (each["id"] != MAIN_DASHBOARD, each["id"]))
        return JSONResponse([{"id": each["id"], "title": each["attributes"]["title"]} for each in stored])

    return Starlette(
        routes=[
            *api.routes(store, state),
            Route("/", lambda _: RedirectResponse("/app/dashboards")),
            Route("/app/dashboards", lambda _: FileResponse(STATIC / "index.html")),
            Route("/preview/dashboards", dashboards),
            Route("/preview/dashboards/{id}", describe),
            Route("/preview/dashboards/{id}/data", draw),
            Route("/preview/documents/{index}", document),
            *(Route(f"/vendor/{name}.js", _serve(assets / file)) for name, file in LIBRARIES.items()),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        exception_handlers={
            RefusedError: api.refused,
            MissingObjectError: _answer(404),
            TimeRangeError: _answer(400),
            ConnectionError: lambda *_: JSONResponse({"message": NO_ENGINE}, status_code=503),
            OpenSearchException: _answer(503, "OpenSearch did not answer as expected: "),
            Exception: _answer(500, "The preview failed. See its log. The error is: "),
        },
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(OwnPages, takes_links=True),
        ],
    )


class SecurityHeaders:
    """Add the headers that stop log text and other sites from running anything in the page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add the headers to the answer."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] += [(name.encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _serve(file: Path) -> Callable[[Request], Response]:
    return lambda _: FileResponse(file)


def _draw(panel: Panel, answer: dict[str, Any], span: TimeRange) -> dict[str, Any]:
    """Draw one panel. One that cannot be drawn says so, and the others are drawn."""
    try:
        return drawing(panel, answer, span)
    except Exception as error:  # whatever it is, it is this panel's alone
        return drawing(panel, unexpected(error), span)


def _view(request: Request, found: Dashboard) -> View:
    params = request.query_params
    span = TimeRange.parse(params.get("from") or found.time_from, params.get("to") or found.time_to)
    chosen: dict[str, list[str]] = {}
    for each in params.getlist("filter"):
        name, _, value = each.partition("=")
        chosen.setdefault(name, []).append(value)
    rows = params.get("rows", "")
    return View(span, params.get("query", ""), chosen, int(rows) if rows.isdecimal() else SAMPLE_SIZE)


def _describe(found: Dashboard) -> dict[str, Any]:
    return {
        "id": found.id,
        "title": found.title,
        "description": found.description,
        "from": found.time_from,
        "to": found.time_to,
        "keepsTime": not found.time_restore,
        "refreshSeconds": found.refresh_seconds,
        "panels": [
            {
                "index": each.index,
                "title": each.title,
                "titleHidden": each.title_hidden,
                "description": each.description,
                "grid": each.grid,
                "type": each.type,
            }
            for each in found.panels
        ],
    }


def _answer(status: int, before: str = "") -> Callable[[Request, Exception], Response]:
    return lambda _, error: JSONResponse({"message": f"{before}{error}"}, status_code=status)
