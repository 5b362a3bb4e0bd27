"""Labels that are called like the bins that mean something of their own."""

from monitors.drift.judgement.signals import LABEL
from monitors.drift.references.bins import make_bins
from monitors.drift.statistics.distribution import MISSING, OTHER, bin_of, value_of
from monitors.drift.windows.fields import Field, Kind
from monitors.drift.windows.plans import Plan

FIELD = Field("prediction.label", Kind.KEYWORD)
LABELS = {"buckets": [{"key": "a", "doc_count": 60}, {"key": MISSING, "doc_count": 30}, {"key": OTHER, "doc_count": 9}]}


def plan() -> Plan:
    return Plan(LABEL, make_bins(FIELD, {"values": {**LABELS, "sum_other_doc_count": 0}}), FIELD)


def test_a_label_called_missing_is_counted_beside_the_missing_ones() -> None:
    answer = {"missing": {"doc_count": 1}, "named": LABELS, "new": {"buckets": []}}

    counted = plan().counts(answer, 100)

    assert dict(zip(counted.bins, counted.counts, strict=True)) == {
        "a": 60,
        "“(missing)”": 30,
        "“(other)”": 9,
        MISSING: 1,
    }


def test_a_label_called_other_does_not_keep_new_labels_from_being_seen() -> None:
    assert OTHER not in plan().frozen.bins
    assert "new" in plan().aggregation()["aggs"]


def test_such_a_label_is_asked_for_by_its_own_name() -> None:
    named = plan().aggregation()["aggs"]["named"]["terms"]

    assert named["include"] == ["a", MISSING, OTHER]
    assert [value_of(bin_of(each)) for each in ("a", "“a”", MISSING, OTHER)] == ["a", "“a”", MISSING, OTHER]
