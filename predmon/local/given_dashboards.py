"""A Dashboards that already runs, which a person names with `--dashboards-url` or `DASHBOARDS_URL`."""

import os

import requests

from predmon.errors import UserError

VARIABLE = "DASHBOARDS_URL"
MARK = "PREDMON_DASHBOARDS_URL"
"""`.local/env` sets it to the same address as VARIABLE. So an address from there is told from one that a person set."""
TIMEOUT_SECONDS = 5


def without_own_address(url: str | None) -> str | None:
    """Return `url`, or None if it comes from the file `.local/env` of this or another local cloud.

    That file is for clients. Sourced before `up`, it would make one local cloud use the dashboards of another.
    """
    from_file = os.environ.get(MARK, "")
    return None if url and from_file and url.rstrip("/") == from_file.rstrip("/") else url


def require_answer(url: str) -> None:
    """Raise UserError unless a Dashboards answers at `url`. The deployment would wait minutes for it."""
    where = f"--dashboards-url or {VARIABLE} names {url}"
    advice = f"Start it, or leave the option out and run: unset {VARIABLE}"
    if not url.startswith(("http://", "https://")):
        raise UserError(f"{where}, which is no address. Write it whole, such as http://127.0.0.1:5601")
    try:
        answer = requests.get(f"{url}/api/status", timeout=TIMEOUT_SECONDS, headers={"osd-xsrf": "true"})
    except requests.RequestException as error:
        raise UserError(f"{where}, but nothing answers there ({type(error).__name__}). {advice}") from error
    # With sign-in, the status needs it, too.
    if answer.status_code in (401, 403):
        return
    try:
        name = answer.json().get("name") if answer.ok else None
    except (ValueError, AttributeError):
        name = None
    if name is None:
        raise UserError(f"{where}, but what answers there is no Dashboards (HTTP {answer.status_code}). {advice}")
    if name == "preview":
        raise UserError(f"{where}, which is the preview of another local cloud and shows its data. {advice}")
