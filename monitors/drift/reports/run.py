"""What is said of one group's predictions at one moment."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from monitors.drift.judgement.verdict import Finding, Verdict
from monitors.drift.references.reference import Card
from monitors.reporting.periods import UNVERSIONED, Group, Period, format_iso

LINK = "/app/dashboards#/view/mlops-dashboard?_g=(time:(from:'{start}',to:'{end}'))"
"""Where in Dashboards the predictions behind a run are."""
READABLE = "!*,/:@"
"""What a query in a link may hold as it is. All else is encoded, so that no version ends the link or the query in it:
in a mail, in HTML, or behind a `#`. Dashboards reads a `+` there as a space."""


@dataclass(frozen=True)
class Run:
    """One comparison of one group. `explanation` is one sentence for the whole of it."""

    group: Group
    period: Period
    predictions: int
    verdict: Verdict
    explanation: str
    findings: tuple[Finding, ...] = ()
    reference: Card | None = None
    preliminary: bool = False
    kept_raw: int | None = None
    since: Mapping[str, datetime] = field(default_factory=dict)
    """Since when the run (`run`) and its signals are a warning or drift."""

    @property
    def identity(self) -> str:
        """The same for the same group and window, so that a repeated run writes the same documents."""
        key = [
            self.group.log_group,
            self.group.model_version,
            format_iso(self.period.start),
            format_iso(self.period.end),
        ]
        return hashlib.sha256(json.dumps(key).encode()).hexdigest()[:24]

    @property
    def alarms(self) -> bool:
        """Tell whether somebody should be told: of drift, and of a warning unless the reference is preliminary."""
        return self.verdict is Verdict.DRIFT or (self.verdict is Verdict.WARNING and not self.preliminary)

    def summary(self) -> dict[str, Any]:
        """Return the run without its signals: the head of every document and event."""
        window = {**make_link(self.group, self.period), "predictions": self.predictions}
        if self.kept_raw is not None:
            window["kept_raw"] = self.kept_raw
        return {
            "@timestamp": format_iso(self.period.end),
            "run": self.identity,
            "log_group": self.group.log_group,
            "model": {"version": self.group.model_version},
            "window": window,
            "reference": self.reference and self.reference.summary(),
            "preliminary": self.preliminary,
        }


def make_link(group: Group, period: Period, word: str = "") -> dict[str, str]:
    """Return a period, and the address in Dashboards that shows the predictions of it, or those with a word."""
    start, end = format_iso(period.start), format_iso(period.end)
    return {"from": start, "to": end, "link": LINK.format(start=start, end=end) + _make_query(group, word)}


def _quote(text: str) -> str:
    """Return a text as KQL writes one."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _make_query(group: Group, word: str) -> str:
    terms = f"@log_group.keyword : {_quote(group.log_group)}"
    if group.model_version != UNVERSIONED:
        terms += f" and model.version.keyword : {_quote(group.model_version)}"
    if word:
        terms += f" and text : {_quote(word)}"
    quoted = quote(terms.replace("!", "!!").replace("'", "!'"), safe=READABLE)
    return f"&_a=(query:(language:kuery,query:'{quoted}'))"
