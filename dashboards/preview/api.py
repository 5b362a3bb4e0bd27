"""Answer the calls that the importer and `predmon export` make, with the same answers as Dashboards."""

import json
from collections.abc import Awaitable, Callable
from graphlib import CycleError, TopologicalSorter
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboards.preview.importing import RefusedError, import_ndjson
from dashboards.preview.store import Key, Store

Endpoint = Callable[[Request], Awaitable[Response]]
EXPORT_DETAILS = {"exportedCount": 0, "missingRefCount": 0, "missingReferences": []}


# Long: it holds a short function for each call, and they share the store.
def routes(store: Store, state: Callable[[], str]) -> list[Route]:
    """Return the routes of the calls. `state` returns `green`, or `red` while the engine does not answer."""

    async def status(_: Request) -> Response:
        now = state()
        body = {"name": "preview", "status": {"overall": {"state": now}}}
        return JSONResponse(body, status_code=200 if now == "green" else 503)

    async def import_(request: Request) -> Response:
        if not request.headers.get("content-type", "").startswith("multipart/form-data"):
            raise RefusedError(415, "Unsupported Media Type")
        async with request.form() as form:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                raise RefusedError(400, "[request body.file]: expected value of type [Stream] but got [undefined]")
            name = file.filename or ""
            if not name.lower().endswith(".ndjson"):
                raise RefusedError(
                    400, f"Invalid file extension {'.' + name.rpartition('.')[2] if '.' in name else ''}"
                )
            try:
                text = (await file.read()).decode()
            except UnicodeDecodeError as error:
                raise RefusedError(400, f"the file is not UTF-8: {error}") from error
        overwrite = request.query_params.get("overwrite") == "true"
        return JSONResponse(import_ndjson(store, text, overwrite=overwrite))

    async def get(request: Request) -> Response:
        type_, id_ = request.path_params["type"], request.path_params["id"]
        found = store.get(type_, id_)
        if found is None:
            raise RefusedError(404, f"Saved object [{type_}/{id_}] not found")
        return JSONResponse(found)

    async def delete(request: Request) -> Response:
        type_, id_ = request.path_params["type"], request.path_params["id"]
        if not store.remove(type_, id_):
            raise RefusedError(404, f"Saved object [{type_}/{id_}] not found")
        return JSONResponse({})

    async def bulk_get(request: Request) -> Response:
        return JSONResponse({"saved_objects": [_object_or_error(store, each) for each in await _json(request, list)]})

    async def export(request: Request) -> Response:
        body = await _json(request, dict)
        if "objects" in body:
            chosen = [_find_existing(store, each) for each in body["objects"]]
        else:
            chosen = store.all(*body.get("type", []))
        if body.get("includeReferencesDeep"):
            chosen = with_references(store, chosen)
        details = {**EXPORT_DETAILS, "exportedCount": len(chosen)}
        lines = [json.dumps(each, ensure_ascii=False) for each in [*chosen, details]]
        return Response("\n".join(lines), media_type="application/ndjson")

    async def shorten(request: Request) -> Response:
        url = (await _json(request, dict)).get("url")
        if not isinstance(url, str) or not url.startswith("/app/"):
            raise RefusedError(400, "[request body.url]: a short link must lead to a path below /app/")
        return JSONResponse({"urlId": store.shorten(url)})

    async def goto(request: Request) -> Response:
        url = store.expand(request.path_params["short"])
        if url is None:
            raise RefusedError(404, "there is no such short link")
        return RedirectResponse(url, status_code=302)

    return [
        Route("/api/status", status),
        Route("/api/saved_objects/_import", _guard(import_), methods=["POST"]),
        Route("/api/saved_objects/_bulk_get", _guard(bulk_get), methods=["POST"]),
        Route("/api/saved_objects/_export", _guard(export), methods=["POST"]),
        Route("/api/saved_objects/{type}/{id}", get),
        Route("/api/saved_objects/{type}/{id}", _guard(delete), methods=["DELETE"]),
        Route("/api/shorten_url", _guard(shorten), methods=["POST"]),
        Route("/goto/{short}", goto),
    ]


def refused(_: Request, error: Exception) -> Response:
    """Return the answer that a `RefusedError` carries."""
    assert isinstance(error, RefusedError)
    return JSONResponse(error.body, status_code=error.status)


def _guard(endpoint: Endpoint) -> Endpoint:
    """Refuse a write without `osd-xsrf`, as Dashboards does. So other sites' pages cannot write here."""

    async def checked(request: Request) -> Response:
        if "osd-xsrf" not in request.headers:
            raise RefusedError(400, "Request must contain the osd-xsrf header.")
        return await endpoint(request)

    return checked


async def _json(request: Request, kind: type) -> Any:
    try:
        body = await request.json()
    except ValueError as error:
        raise RefusedError(400, f"the request body is not JSON: {error}") from error
    if not isinstance(body, kind):
        raise RefusedError(400, f"[request body]: expected a {kind.__name__}")
    return body


def _object_or_error(store: Store, wanted: dict[str, str]) -> dict[str, Any]:
    type_, id_ = wanted["type"], wanted["id"]
    error = {"statusCode": 404, "error": "Not Found", "message": f"Saved object [{type_}/{id_}] not found"}
    return store.get(type_, id_) or {"type": type_, "id": id_, "error": error}


def _find_existing(store: Store, wanted: dict[str, str]) -> dict[str, Any]:
    found = store.get(wanted["type"], wanted["id"])
    if found is None:
        raise RefusedError(400, f"Bad Request: {wanted['type']}:{wanted['id']} not found")
    return found


def with_references(store: Store, chosen: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the objects and everything they refer to, each after what it refers to.

    Raises RefusedError if objects refer to each other in a circle. Dashboards refuses to export those, too.
    """
    references: dict[Key, list[Key]] = {}
    to_visit = [(each["type"], each["id"]) for each in chosen]
    while to_visit:
        key = to_visit.pop()
        found = store.get(*key)
        if found is not None and key not in references:
            references[key] = [(each["type"], each["id"]) for each in found.get("references", [])]
            to_visit += references[key]
    try:
        order = list(TopologicalSorter(references).static_order())
    except CycleError as error:
        circle = " ref-> ".join(f"[{type_}:{id_}]" for type_, id_ in reversed(error.args[1]))
        raise RefusedError(400, f"circular reference: {circle}") from error
    return [found for key in order if (found := store.get(*key))]
