"""The labels of bins, which charts sort as text."""

from datetime import UTC, datetime, timedelta

import pytest

from monitors.drift.judgement.judging import judge
from monitors.drift.judgement.verdict import Rule, Verdict
from monitors.drift.reports.report import MOST_BINS, make_documents
from monitors.drift.reports.run import Run
from monitors.drift.statistics.distribution import make_categories
from monitors.reporting.periods import Group, Period

END = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("most", [MOST_BINS, 2000], ids=["most", "all"])
@pytest.mark.parametrize("count", [3, 100, 101, 1500])
def test_bin_labels_sort_as_text_in_the_order_of_the_bins(
    count: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitors.drift.reports.report.MOST_BINS", most)
    signals = {"label": make_categories({f"class {number}": 5 * count - number for number in range(count)})}
    findings = tuple(judge(signals, signals, Rule()))
    run = Run(Group("/aws/lambda/model", "3"), Period(END - timedelta(hours=1), END), 1, Verdict.STABLE, "", findings)

    sources = [each["_source"] for each in make_documents(run)]
    bins = [each["bin"] for each in sources if each["kind"] == "bin" and each["signal"] == "label"]
    labels = [each["label"] for each in sorted(bins, key=lambda each: each["number"])]
    assert len(labels) == min(count, most)
    assert labels == sorted(labels)
