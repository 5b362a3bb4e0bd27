"""Signs that a label mix hides: vanished and rare labels, very many labels, segments, several labels at once."""

import pytest

from monitors.drift.judgement.judging import judge
from monitors.drift.judgement.verdict import Rule, Verdict, pick_overall
from monitors.drift.reports.sentences import explain_stable
from monitors.drift.statistics.distribution import MISSING, CrossTable, Distribution, align, make_categories
from monitors.drift.statistics.segments import keep_usual
from monitors.drift.statistics.significance import Dispersion
from monitors.drift.statistics.vanished import find_vanished

RULE = Rule()


def labels(acceptable: int, unacceptable: int, **others: int) -> Distribution:
    return make_categories({"acceptable": acceptable, "unacceptable": unacceptable, **others})


def test_a_label_that_vanished_is_found_however_rare_it_was() -> None:
    findings = judge({"label": labels(1380, 600, unsure=20)}, {"label": labels(1400, 600)}, RULE)

    vanished = next(each for each in findings if each.signal == "vanished_label")
    assert vanished.verdict is Verdict.WARNING
    assert vanished.explanation == "“unsure” vanished: 1.0 % → 0 %"


def test_a_label_that_comes_in_bursts_has_not_vanished_where_it_is_absent() -> None:
    before, now = labels(13800, 6000, burst=200), labels(1400, 600)

    steady = find_vanished(*align(before, now), {})
    in_bursts = find_vanished(*align(before, now), {"burst": Dispersion(0.02, 300)})

    assert steady is not None and steady.p_value < 1e-6
    assert in_bursts is not None and in_bursts.p_value > 0.01


def test_a_sure_but_small_change_is_said_with_its_numbers() -> None:
    findings = judge({"label": labels(1_380_000, 618_000, rare=2000)}, {"label": labels(13_800, 5710, rare=490)}, RULE)

    assert pick_overall(findings, 20_000, RULE) is Verdict.STABLE
    assert "share of “rare” 0.1 % → 2.5 %" in explain_stable(findings)


def test_what_was_not_looked_at_is_said() -> None:
    findings = judge(
        {"label": labels(1400, 600), "latency_ms": make_categories({MISSING: 2000})},
        {"label": labels(1400, 600), "latency_ms": make_categories({MISSING: 2000})},
        RULE,
    )

    assert (
        explain_stable(findings)
        == "as in the reference; not looked at: latency_ms (no prediction carries a value for latency_ms)"
    )


def test_more_labels_than_can_be_told_apart_say_nothing_of_new_ones() -> None:
    many = make_categories({f"label {number}": 7 for number in range(300)} | {"(other)": 40})

    findings = judge({"label": many}, {"label": many}, RULE)

    assert {each.signal: each.verdict for each in findings} == {"label": Verdict.STABLE}


def test_rare_labels_that_the_reference_happened_to_miss_are_no_news() -> None:
    """A reference of 2,000 misses some of 500 labels that occur about equally often."""
    seen = make_categories({f"{number}": 1 + number % 9 for number in range(491)})
    window = make_categories({f"{number}": 1 + number % 9 for number in range(491)} | {f"new {n}": 4 for n in range(9)})

    new = next(each for each in judge({"label": seen}, {"label": window}, RULE) if each.signal == "new_label")

    assert new.verdict is Verdict.STABLE


def test_one_broken_segment_of_ten_is_found() -> None:
    rows = tuple(f"customer {number}" for number in range(10))
    before = CrossTable(rows, ("a", "b"), (138, 62) * 10)
    now = CrossTable(rows, ("a", "b"), (35, 15) * 9 + (15, 35))

    (finding,) = judge({"segments": before}, {"segments": now}, RULE)

    assert finding.verdict is Verdict.DRIFT
    assert finding.explanation == "in the segment “customer 9”, 39 % of 50 predictions have another label"


def test_one_of_several_labels_at_once_is_found_and_named() -> None:
    before = CrossTable(("spam", "urgent"), ("with", "without"), (600, 1400, 200, 1800))
    now = CrossTable(("spam", "urgent"), ("with", "without"), (150, 350, 200, 300))

    (finding,) = judge({"labels": before}, {"labels": now}, RULE)

    assert finding.verdict is Verdict.DRIFT
    assert finding.explanation == "predictions with the label “urgent”: 10 % → 40 %"


def test_segments_that_are_alike_tell_about_each_other_and_others_do_not() -> None:
    rows = tuple("abcdefghij")
    alike = CrossTable(rows, ("yes", "no"), (60, 140) * 10)
    unlike = CrossTable(rows, ("yes", "no"), (20, 180) * 5 + (120, 80) * 5)

    shared, own = (keep_usual(each)["a"] for each in (alike, unlike))

    assert sum(shared) > 600
    assert shared[0] / sum(shared) == pytest.approx(0.3)
    assert sum(own) < 210
    assert own[0] / sum(own) == pytest.approx(0.1, abs=0.01)
