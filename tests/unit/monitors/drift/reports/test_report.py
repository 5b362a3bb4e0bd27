"""What leaves the function: documents, metrics and events, from a run to plain data."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitors.drift.config import Config
from monitors.drift.handler import choose_window
from monitors.drift.judgement.judging import judge
from monitors.drift.judgement.verdict import Rule, Verdict
from monitors.drift.references.reference import Card
from monitors.drift.reports.events import make_event, pick_speakers
from monitors.drift.reports.report import make_documents, make_metrics, make_newest
from monitors.drift.reports.run import Run
from monitors.drift.statistics.distribution import make_categories
from monitors.reporting.events import EventRefusedError, send
from monitors.reporting.periods import Group, Period

END = datetime(2026, 5, 1, 12, tzinfo=UTC)
PERIOD = Period(END - timedelta(hours=1), END)
GROUP = Group("/aws/lambda/model", "3")


def drifted() -> Run:
    frozen = {"label": make_categories({"acceptable": 1380, "unacceptable": 620})}
    current = {"label": make_categories({"acceptable": 1060, "unacceptable": 940})}
    reference = Card("first 2,000", 1, GROUP, Period(END - timedelta(days=9), END), 2000, END)
    findings = tuple(judge(frozen, current, Rule()))
    since = {"run": PERIOD.start, "label": PERIOD.start}
    return Run(GROUP, PERIOD, 2000, Verdict.DRIFT, findings[0].explanation, findings, reference, since=since)


def said(verdict: Verdict, version: str = "3") -> Run:
    return Run(Group(GROUP.log_group, version), PERIOD, 0, verdict, "words")


class Bus:
    """EventBridge's answer, and what it was asked."""

    def __init__(self, failed: int) -> None:
        self.failed = failed
        self.entries: list[dict[str, Any]] = []

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - the AWS name
        """Answer as EventBridge does: refusals come with a good status."""
        self.entries += Entries
        return {"FailedEntryCount": self.failed, "Entries": [{"ErrorCode": "InternalFailure"}] * self.failed}


def test_a_run_is_one_document_and_one_for_each_signal_and_bin() -> None:
    found = [(action["_index"], action["_source"]["kind"]) for action in make_documents(drifted())]

    assert found == [("drift-2026.05", kind) for kind in ("run", "signal", "bin", "bin", "signal", "bin", "bin")]


def test_the_newest_run_of_a_group_is_one_document_that_no_older_run_replaces() -> None:
    runs = [drifted(), replace(drifted(), period=Period(END, END + timedelta(hours=1))), said(Verdict.STABLE, "4")]

    first, second, other = (make_newest(run) for run in runs)

    assert first["_index"] == "drift-now"
    assert first["_id"] == second["_id"] != other["_id"]
    assert second["version"] - first["version"] == 3_600_000
    assert first["version_type"] == "external_gte"
    kept = {name: first["_source"][name] for name in ("kind", "verdict", "rank", "severity", "judged")}
    assert kept == {"kind": "now", "verdict": "drift", "rank": 3, "severity": 2, "judged": 1}


def test_a_signal_document_has_its_numbers_and_words_beside_the_known_limits() -> None:
    document = next(a["_source"] for a in make_documents(drifted()) if a["_source"]["kind"] == "signal")

    assert document["words"] == "share of “unacceptable” 31 % → 47 %"
    assert (document["verdict"], document["severity"], document["test"]) == ("drift", 2, "chi_squared")
    assert document["psi"] == pytest.approx(0.1088, abs=1e-4)
    assert (document["psi_warning"], document["psi_drift"]) == (0.1, 0.25)
    assert document["window"] == {
        "from": "2026-05-01T11:00:00.000Z",
        "to": "2026-05-01T12:00:00.000Z",
        "predictions": 2000,
        "link": "/app/dashboards#/view/mlops-dashboard"
        "?_g=(time:(from:'2026-05-01T11:00:00.000Z',to:'2026-05-01T12:00:00.000Z'))"
        "&_a=(query:(language:kuery,query:'@log_group.keyword%20:%20%22/aws/lambda/model%22%20and%20"
        "model.version.keyword%20:%20%223%22'))",
    }
    assert document["reference"]["name"] == "first 2,000"


def test_a_bin_document_has_the_reference_beside_the_current_share() -> None:
    document = next(a["_source"] for a in make_documents(drifted()) if a["_source"]["kind"] == "bin")

    assert document["bin"] == {
        "number": 0,
        "label": "00 acceptable",
        "name": "acceptable",
        "reference": 1380,
        "current": 1060,
        "reference_share": 0.69,
        "current_share": 0.53,
    }


def test_bins_name_their_comparison_so_that_the_newest_with_enough_data_sorts_last() -> None:
    runs = {
        "earlier": replace(drifted(), period=Period(END - timedelta(hours=3), END - timedelta(hours=2))),
        "newest": drifted(),
        "too few": replace(
            drifted(), findings=tuple(replace(f, verdict=Verdict.NOT_ENOUGH_DATA) for f in drifted().findings)
        ),
    }

    found = {
        name: {a["_source"].get("comparison") for a in make_documents(run) if a["_source"]["kind"] == "bin"}
        for name, run in runs.items()
    }

    assert found == {
        "earlier": {"2026-05-01 10:00:00 UTC, version 3 in /aws/lambda/model"},
        "newest": {"2026-05-01 12:00:00 UTC, version 3 in /aws/lambda/model"},
        "too few": {None},
    }


def test_documents_have_the_same_ids_each_time() -> None:
    first, second = ([action["_id"] for action in make_documents(drifted())] for _ in range(2))

    assert first == second
    assert len(set(first)) == len(first)


def test_the_event_carries_the_verdict_the_reference_and_each_signal() -> None:
    entry = make_event(drifted())
    detail = json.loads(entry["Detail"])

    assert (entry["Source"], entry["DetailType"]) == ("prediction-monitoring", "PredictionDrift")
    assert (detail["verdict"], detail["log_group"], detail["model"]) == (
        "drift",
        "/aws/lambda/model",
        {"version": "3"},
    )
    assert [signal["signal"] for signal in detail["signals"]] == ["label", "new_label"]
    assert detail["signals"][0]["since"] == "2026-05-01T11:00:00.000Z"
    assert "retrain" in detail["suggestion"]


def test_the_event_carries_a_short_link_which_survives_signing_in() -> None:
    short = "https://search.example/_dashboards/goto/abc?security_tenant=global"

    detail = json.loads(make_event(drifted(), short)["Detail"])

    assert detail["dashboard"] == short
    assert "dashboard" not in json.loads(make_event(drifted())["Detail"])


def test_no_link_of_an_event_is_one_that_signing_in_loses() -> None:
    looked_back = replace(
        drifted(), findings=tuple(replace(each, period=drifted().period) for each in drifted().findings)
    )

    detail = make_event(looked_back, "https://search.example/_dashboards/goto/abc")["Detail"]

    assert "looked_at" in detail
    assert "#/view" not in detail


def test_an_event_that_is_refused_is_an_error() -> None:
    with pytest.raises(EventRefusedError, match="InternalFailure"):
        send(Bus(failed=1), make_event(drifted()))


def test_the_worst_version_speaks_for_its_log_group() -> None:
    runs = [said(Verdict.NOT_ENOUGH_DATA, "1"), said(Verdict.STABLE, "2"), said(Verdict.DRIFT, "3")]

    assert [run.group.model_version for run in pick_speakers(runs)] == ["3"]


def test_the_metrics_say_the_worst_severity_and_each_signals_numbers() -> None:
    found = {
        (each["MetricName"], tuple(d["Value"] for d in each.get("Dimensions", []))): each["Value"]
        for each in make_metrics([drifted(), said(Verdict.NOT_ENOUGH_DATA, "2")], of_signals=True)
    }

    assert found["DriftSeverity", ()] == 2
    assert found["DriftJudged", ()] == 1
    assert found["DriftSeverity", ("/aws/lambda/model",)] == 2
    assert found["Psi", ("/aws/lambda/model", "label")] == pytest.approx(0.1088, abs=1e-4)


def test_where_nothing_could_be_judged_there_is_no_severity_that_would_end_an_alarm() -> None:
    assert make_metrics([said(Verdict.NOT_ENOUGH_DATA)], of_signals=False) == [
        {"MetricName": "DriftJudged", "Value": 0}
    ]


def test_a_retry_of_a_scheduled_run_is_for_the_same_window() -> None:
    config = Config("https://search.example.com", window_minutes=60)

    assert choose_window({"time": "2026-05-01T12:05:00Z"}, config) == PERIOD
    assert choose_window({"time": "2026-05-01T12:00:00Z", "from": "2026-05-01T11:00:00Z"}, config) == PERIOD


def test_by_default_a_log_group_has_one_metric_of_its_own() -> None:
    runs = [drifted(), replace(drifted(), group=Group("/aws/lambda/other", "1"))]

    found = [(each["MetricName"], len(each.get("Dimensions", []))) for each in make_metrics(runs, of_signals=False)]

    assert found == [("DriftJudged", 0), ("DriftSeverity", 0), ("DriftSeverity", 1), ("DriftSeverity", 1)]


def test_a_warning_against_a_preliminary_reference_alarms_nobody_and_drift_does() -> None:
    warning = replace(said(Verdict.WARNING), preliminary=True)

    assert not warning.alarms and replace(warning, verdict=Verdict.DRIFT).alarms
    assert [each["Value"] for each in make_metrics([warning], of_signals=False)] == [1, 0, 0]


def test_a_time_without_an_offset_is_utc() -> None:
    assert (
        choose_window({"time": "2026-05-01T12:00", "from": "2026-05-01T11:00"}, Config("https://x.example.com"))
        == PERIOD
    )
    assert choose_window({"from": "2026-05-01T11:00"}, Config("https://x.example.com")).start == PERIOD.start


def test_an_empty_window_is_an_error() -> None:
    with pytest.raises(ValueError, match="is empty"):
        choose_window({"time": "2026-05-01T12:00:00Z", "from": "2026-05-01T13:00:00Z"}, Config("https://x.example.com"))
