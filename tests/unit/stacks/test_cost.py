"""The cost estimate: arithmetic that a person can repeat, and no invented price."""

import pytest

from stacks.settings import PROFILES, Settings
from stacks.settings.cost import HOURS, NODE_HOUR, Line, Traffic, assumptions, drift_metrics, estimate, total


def lines(**settings: object) -> dict[str, Line]:
    return {line.what: line for line in estimate(Settings.from_context(settings))}


def test_the_tutorials_node_is_what_its_hours_cost() -> None:
    assert lines()["Search nodes"].dollars == pytest.approx(0.036 * 730)


def test_dev_stays_below_fifty_dollars_and_production_says_its_thousand() -> None:
    assert total(estimate(Settings())) < 50
    assert 500 < total(estimate(Settings.from_context({"profile": "production"}))) < 1500


def test_nodes_count_each() -> None:
    one, three = lines(), lines(data_nodes=3, zones=3)

    assert three["Search nodes"].dollars == pytest.approx(3 * one["Search nodes"].dollars)
    assert three["Search storage"].dollars == pytest.approx(3 * one["Search storage"].dollars)


def test_storage_is_what_its_gibibytes_of_gp3_cost_a_month() -> None:
    assert lines(volume_gib=50, data_nodes=2, zones=2)["Search storage"].dollars == pytest.approx(2 * 50 * 0.122)


def test_a_node_without_a_price_is_said_and_not_guessed() -> None:
    line = lines(instance_type="x9z.mega.search")["Search nodes"]

    assert line.dollars is None
    assert "not in this list" in line.because


def test_ten_times_the_traffic_costs_ten_times_the_functions() -> None:
    settings = Settings()
    few, many = (
        {line.what: line.dollars or 0 for line in estimate(settings, Traffic(predictions=count))}
        for count in (1000, 10_000)
    )

    assert many["Shipper"] == pytest.approx(10 * few["Shipper"])
    assert many["Search nodes"] == few["Search nodes"]


def test_a_stream_and_alarms_are_on_the_bill_when_they_are_there() -> None:
    plain, more = lines(), lines(transport="kinesis", alarms="true")

    assert "Kinesis stream" not in plain
    assert more["Kinesis stream"].dollars > 0.04 * HOURS
    assert more["CloudWatch metrics"].dollars > plain["CloudWatch metrics"].dollars


@pytest.mark.parametrize(
    ("settings", "metrics"),
    [
        ({"drift": "false"}, 0),
        ({}, 2 + 1),
        ({"log_groups": "/a,/b"}, 2 + 3),
        ({"log_groups": "/a,/b", "drift_metrics": "signals"}, 2 + 3 * (1 + 21)),
        ({"drift_metrics": "signals", "drift_fields": "latency_ms"}, 2 + 1 + 24),
    ],
)
def test_drift_has_two_metrics_and_one_for_each_log_group_unless_its_signals_have_theirs(
    settings: dict[str, str], metrics: int
) -> None:
    assert drift_metrics(Settings.from_context(settings)) == metrics


def test_too_little_storage_is_said_with_how_long_it_lasts() -> None:
    traffic = Traffic(predictions=100_000, line_bytes=400)

    small = " ".join(assumptions(Settings(volume_gib=10), traffic))
    enough = " ".join(assumptions(Settings(volume_gib=10, index_retention_days=30), traffic))

    assert "the nodes have 10, enough for 179 days: raise volume_gib, or set index_retention_days." in small
    assert "the nodes have 10." in enough
    assert assumptions(Settings(volume_gib=10), Traffic(predictions=0))


def test_the_assumptions_name_region_month_and_storage() -> None:
    said = " ".join(assumptions(Settings(index_retention_days=10), Traffic(predictions=1_000_000, line_bytes=400)))

    assert "us-east-1" in said
    assert "2026-10" in said
    assert "4 GiB after 10 days" in said


@pytest.mark.parametrize("profile", PROFILES)
def test_every_profiles_nodes_have_a_price(profile: str) -> None:
    settings = Settings.from_context({"profile": profile})

    assert settings.instance_type in NODE_HOUR
    assert settings.manager_type in NODE_HOUR


def test_rules_are_counted_with_the_log_groups_that_they_mean() -> None:
    settings = Settings.from_context({"log_groups": "/aws/lambda/ml-*", "centralized_logs": "true"})
    few, many = (
        {line.what: line.dollars or 0 for line in estimate(settings, Traffic(log_groups=number))}
        for number in (10, 1000)
    )

    # One metric of drift and two of quality for each log group.
    assert many["CloudWatch metrics"] - few["CloudWatch metrics"] == pytest.approx(990 * 3 * 0.30)
    assert many["Copies of logs"] == pytest.approx(100_000 * 30 * 400 / 1024**3 * 0.03)
    assert many["Subscribing"] == pytest.approx(30 * 24 * 12 * (0.20 / 1e6 + 2 * 0.25 * 0.0000133334))
    assert any("--log-groups" in each for each in assumptions(settings))


def test_the_accounts_filter_says_what_it_delivers() -> None:
    everything = Settings.from_context({"log_groups": "account"})

    assert any("--other-lines-per-day" in each for each in assumptions(everything))
    assert not any("--other-lines-per-day" in each for each in assumptions(Settings()))


@pytest.mark.parametrize("transport", ["direct", "kinesis"])
def test_lines_that_only_match_the_filter_of_an_account_are_delivered_and_billed(transport: str) -> None:
    settings = Settings.from_context({"log_groups": "account", "transport": transport})
    alone, among = (
        {line.what: line.dollars or 0 for line in estimate(settings, Traffic(predictions=1000, other_lines=number))}
        for number in (0, 1_000_000)
    )

    dearer = {what for what, dollars in among.items() if dollars > alone[what]}
    assert dearer == {"Shipper"} | ({"Kinesis stream"} if transport == "kinesis" else set())
    # 30 million lines of 400 bytes in a month, 20 in a batch: 1.5 million invocations of 0.2 s at 0.5 GB.
    invoked = 1.5 * 0.20 + 1.5e6 * 0.2 * 0.5 * 0.0000133334
    assert among["Shipper"] - alone["Shipper"] == pytest.approx(invoked)
