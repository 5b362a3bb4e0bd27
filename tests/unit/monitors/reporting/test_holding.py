"""A verdict holds until another one replaces it."""

from typing import Any

from monitors.reporting.holding import add_held


class Search:
    """A client over the documents that are stored, by id."""

    def __init__(self, **stored: dict[str, Any]) -> None:
        self.stored = stored

    def search(self, body: dict[str, Any], **_: Any) -> dict[str, Any]:
        wanted = body["query"]["ids"]["values"]
        hits = [{"_id": each, "_source": self.stored[each]} for each in wanted if each in self.stored]
        return {"hits": {"hits": hits}}


def said(verdict: str, hour: int, **more: Any) -> dict[str, Any]:
    severity = {"drift": 2, "warning": 1}.get(verdict, 0)
    return {"@timestamp": f"2026-11-30T{hour:02}:00", "verdict": verdict, "severity": severity, "words": "…", **more}


def write(search: Search, document: dict[str, Any]) -> dict[str, Any]:
    """Write a document of now over the stored one, and return what it holds."""
    add_held(search, "drift-now", [{"_id": "a", "_source": document}], "verdict")  # type: ignore[arg-type]
    search.stored["a"] = document
    return document.get("held", {})


def test_a_thin_hour_does_not_unsay_drift() -> None:
    search = Search()
    write(search, said("drift", 1, since="2026-11-30T00:00"))

    held = write(search, said("not enough data", 2))
    held = write(search, said("not enough data", 3))

    assert (held["verdict"], held["severity"], held["at"]) == ("drift", 2, "2026-11-30T01:00")
    assert held["since"] == "2026-11-30T00:00"


def test_a_verdict_replaces_the_one_before() -> None:
    search = Search()
    write(search, said("drift", 1))

    assert write(search, said("stable", 2))["verdict"] == "stable"
    assert write(search, said("drift", 3))["since"] == "2026-11-30T03:00"


def test_a_verdict_that_comes_again_keeps_its_beginning() -> None:
    search = Search()
    write(search, said("warning", 1))
    write(search, said("not enough data", 2))

    held = write(search, said("warning", 3))

    assert (held["at"], held["since"]) == ("2026-11-30T03:00", "2026-11-30T01:00")


def test_what_was_never_judged_holds_nothing() -> None:
    assert write(Search(), said("not enough data", 1)) == {}


def test_a_document_from_before_this_was_stored_holds_its_own_verdict() -> None:
    assert write(Search(a=said("drift", 1)), said("not enough data", 2))["verdict"] == "drift"
