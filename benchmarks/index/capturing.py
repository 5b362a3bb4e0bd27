"""Keep what a real OpenSearch Dashboards asks for a dashboard, for `reloading.py`.

    python -m benchmarks.index.capturing http://127.0.0.1:5601 mlops-dashboard now-main

The searches are read from the browser's own requests. The Dashboards must hold the saved objects and have predictions
of the last 24 hours to ask for. Searches that only fetch "Other" follow from an answer and are kept, too.
"""

import json
import re
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Request

from benchmarks.index.reloading import FOLDER
from predmon.tools.browser import launched

SEARCH = "/internal/search/opensearch"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?(?:Z|\+00:00)")
MILLISECONDS = re.compile(r"\b1\d{12}\b")
"""The beginning of the last hours alone is written so."""
QUIET_MS = 8000
"""The page is done when it has asked nothing for so long."""


def capture(url: str, board: str) -> list[dict[str, Any]]:
    """Open the dashboard for the last 24 hours, without its refresh, and return what it searched for."""
    found: dict[str, dict[str, Any]] = {}

    def note(request: Request) -> None:
        if SEARCH in request.url and request.method == "POST":
            params = request.post_data_json["params"]
            body = _with_marks(params["body"])
            found[json.dumps(body, sort_keys=True)] = {"index": params["index"], "body": body}

    with launched() as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 4000})
        page.on("request", note)
        paused = "_g=(refreshInterval:(pause:!t,value:0),time:(from:now-24h,to:now))"
        page.goto(f"{url}/app/dashboards#/view/{board}?{paused}", timeout=120_000)
        page.wait_for_selector('[data-test-subj="embeddablePanel"]', timeout=120_000)
        number = -1
        while number != len(found):
            number = len(found)
            page.wait_for_timeout(QUIET_MS)
    return [found[key] for key in sorted(found)]


def _with_marks(body: dict[str, Any]) -> dict[str, Any]:
    """Return a body with its moments as marks, so that it can be sent for any day.

    A search may ask for the range, which ends now, for the day before it, or for both.
    """
    text = MILLISECONDS.sub('"{recent}"', json.dumps(body))
    for moment in set(MOMENT.findall(text)):
        days_ago = round((datetime.now(UTC) - datetime.fromisoformat(moment)) / timedelta(days=1))
        text = text.replace(moment, ("{to}", "{from}", "{before}")[days_ago])
    return json.loads(text)  # type: ignore[no-any-return]


def main(url: str, board: str, name: str) -> None:
    """Write `requests/<name>.json`."""
    found = capture(url.rstrip("/"), board)
    lines = ",\n".join(json.dumps(each, sort_keys=True) for each in found)
    (FOLDER / f"{name}.json").write_text(f"[\n{lines}\n]\n")
    print(f"{len(found)} searches of {board} in {name}.json")


if __name__ == "__main__":
    main(*sys.argv[1:])
