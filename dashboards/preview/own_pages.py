"""Refuse what the page of another site asks of a server on this machine.

A page that is open in a browser can send requests to every port of 127.0.0.1. The browser says in `Origin` and in
`Sec-Fetch-Site` whose page it is. A page whose own name leads to 127.0.0.1 (DNS rebinding) shows that name in `Host`.
The local OpenSearch refuses the same requests with predmon/tools/engine/OwnPagesPlugin.java.
"""

import re
from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

OWN_NAMES = re.compile(r"(127\.0\.0\.1|localhost)(:\d+)?", re.IGNORECASE)
OWN_SITES = ("none", "same-origin")
"""`none`: a person typed the address, or chose a bookmark."""
CORS = b"access-control-"
"""How the names of the headers begin that let other sites read an answer."""


def refusal(headers: Mapping[str, str], *, takes_links: bool = False) -> str | None:
    """Return why a request is refused, or None if it may pass.

    With `takes_links`, a link of another site may open one of our pages. That site cannot read the page.
    """
    host = headers.get("host", "")
    if not OWN_NAMES.fullmatch(host):
        return f"This server is called 127.0.0.1 or localhost, not {host[:80]!r}."
    origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none")
    is_link = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    if origin not in (None, f"http://{host}") or not (site in OWN_SITES or (takes_links and is_link)):
        return "This server does not answer the pages of other sites."
    return None


class OwnPages:
    """Pass on requests of this server's own pages, and of programs, and refuse those of other sites' pages.

    No other site may read an answer, whatever the application wrote into it.
    """

    def __init__(self, app: ASGIApp, takes_links: bool = False) -> None:
        self.app = app
        self.takes_links = takes_links

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it with 403."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        takes_links = self.takes_links and scope.get("method") == "GET"
        if why := refusal(Headers(scope=scope), takes_links=takes_links):
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
            else:
                await PlainTextResponse(f"{why}\n", status_code=403)(scope, receive, send)
            return

        async def send_without_cors(message: Message) -> None:
            if "headers" in message:
                message["headers"] = [each for each in message["headers"] if not each[0].lower().startswith(CORS)]
            await send(message)

        await self.app(scope, receive, send_without_cors)
