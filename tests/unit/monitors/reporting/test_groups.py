"""Which log groups are judged where several accounts send."""

import pytest

from monitors.reporting import groups


@pytest.mark.parametrize(
    ("of_accounts", "judged"),
    [
        ([], []),
        ([["a", "b", "c", "d", "e", "f"]], ["a", "b", "c", "d"]),
        ([["a", "b", "c", "d", "e"], ["x"]], ["a", "x", "b", "c"]),
        ([["a", "b", "c"], ["x", "y", "z"]], ["a", "x", "b", "y"]),
        ([["a"], ["a", "b"]], ["a", "b"]),
    ],
)
def test_each_account_has_an_equal_share_and_what_it_leaves_is_for_others(
    of_accounts: list[list[str]], judged: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(groups, "MOST_LOG_GROUPS", 4)

    assert groups.share(of_accounts) == judged


def test_where_all_log_groups_are_judged_nothing_more_is_asked() -> None:
    asked = []

    def ask(aggregations: object) -> dict[str, object]:
        asked.append(aggregations)
        return {"log_groups": {"sum_other_doc_count": 0, "buckets": []}, "all_log_groups": {"value": 0}}

    groups.list_log_groups(ask, "@log_group", {})

    assert len(asked) == 1
