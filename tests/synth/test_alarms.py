"""Alarms: each says what to do and where to read more, and reaches a person."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from aws_cdk.assertions import Template

from checks.profiles import composed
from lambda_shipper.delivery import report
from stacks import STACK
from stacks.monitoring.metrics import NAMESPACE

ROOT = Path(__file__).resolve().parents[2]
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
SECTIONS = set(re.findall(r"^### ([a-z-]+)$", OPERATIONS, re.MULTILINE))


@pytest.fixture(scope="module")
def template(templates: Callable[[str], Mapping[str, Template]]) -> Callable[[str], Template]:
    return lambda profile: templates(profile)[STACK]


def alarms(template: Template) -> list[dict[str, Any]]:
    """The alarms that tell somebody; a part of a composite alarm tells nobody."""
    kinds = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
    made = {name: each for kind in kinds for name, each in template.find_resources(kind).items()}
    rules = str([each["Properties"].get("AlarmRule") for each in made.values()])
    return [
        {**each["Properties"], "AlarmDescription": words(each["Properties"]["AlarmDescription"])}
        for name, each in made.items()
        if name not in rules
    ]


def words(description: Any) -> str:
    """Return the text of a description, in which a short link is known only when it is deployed."""
    parts = [description] if isinstance(description, str) else description["Fn::Join"][1]
    return "".join(part if isinstance(part, str) else "<link>" for part in parts)


def section(alarm: dict[str, Any]) -> str:
    return alarm["AlarmDescription"].rpartition("#")[2]


def test_each_alarm_links_to_a_section_and_each_section_is_an_alarms(template: Callable[[str], Template]) -> None:
    linked = {section(alarm) for alarm in alarms(template("company"))}

    assert linked == SECTIONS - {"acting-failed"}


@pytest.mark.parametrize("asked", [{"on_drift": "arn:aws:sns:eu-central-1:123456789012:retrain"}, {}])
def test_an_action_that_did_not_start_and_a_pattern_that_failed_wake_somebody(asked: dict[str, str]) -> None:
    app = composed({"alarms": "true", "log_groups": "/aws/lambda/ml-*", **asked})

    linked = {section(alarm) for alarm in alarms(Template.from_stack(app.node.find_child(STACK)))}

    assert "attaching-failed" in linked
    assert ("acting-failed" in linked) is bool(asked)


def test_the_link_is_a_url_where_the_repository_is_known(template: Callable[[str], Template]) -> None:
    descriptions = [alarm["AlarmDescription"] for alarm in alarms(template("company"))]

    assert all("https://github.com/owner/name/blob/main/docs/operations.md#" in each for each in descriptions)


def test_each_alarm_says_what_to_do_before_the_link(template: Callable[[str], Template]) -> None:
    for alarm in alarms(template("production")):
        said = alarm["AlarmDescription"].rpartition(" ")[0]
        assert len(said.split()) > 5, said


def test_alarms_on_the_model_carry_the_short_link_of_their_page(template: Callable[[str], Template]) -> None:
    said = {section(alarm): alarm["AlarmDescription"] for alarm in alarms(template("production"))}

    assert {name for name, each in said.items() if "<link>" in each} == {"drift", "quality"}
    assert "see the dashboard Drift. <link> " in said["drift"]
    assert "see the dashboard Quality. <link> " in said["quality"]


def test_each_alarm_and_its_end_are_published(template: Callable[[str], Template]) -> None:
    made = template("production")
    (topic,) = made.find_resources("AWS::SNS::Topic")

    for alarm in alarms(made):
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": topic}]
    made.has_resource_properties("AWS::SNS::Subscription", {"Protocol": "email", "Endpoint": "oncall@example.com"})


def test_only_the_accounts_own_alarms_may_publish(template: Callable[[str], Template]) -> None:
    (policy,) = template("production").find_resources("AWS::SNS::TopicPolicy").values()

    allowed = [each for each in policy["Properties"]["PolicyDocument"]["Statement"] if each["Effect"] == "Allow"]

    assert [each["Principal"] for each in allowed] == [{"Service": "cloudwatch.amazonaws.com"}]
    assert allowed[0]["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_silence_is_an_alarm_but_quiet_functions_are_not(template: Callable[[str], Template]) -> None:
    silent = part(template("production"), "AlarmsNoPredictions")
    by_section = {section(alarm): alarm for alarm in alarms(template("production"))}

    assert silent["TreatMissingData"] == "breaching"
    assert silent["EvaluationPeriods"] == 24
    assert by_section["shipper-errors"]["TreatMissingData"] == "notBreaching"


def part(template: Template, name: str) -> dict[str, Any]:
    """The one alarm with this logical id, whatever its hash."""
    found = template.find_resources("AWS::CloudWatch::Alarm")
    (made,) = (each["Properties"] for key, each in found.items() if re.fullmatch(f"{name}[0-9A-F]{{8}}", key))
    return made


def test_silence_is_no_alarm_before_the_first_prediction(template: Callable[[str], Template]) -> None:
    """An alarm on the metric's first value is OK from that on for ever, and the composite waits for it."""
    made = template("production")
    seen = part(made, "AlarmsNoPredictionsSeen")
    (composite,) = made.find_resources("AWS::CloudWatch::CompositeAlarm").values()

    assert (seen["TreatMissingData"], seen["ComparisonOperator"], seen["Threshold"]) == (
        "ignore",
        "LessThanThreshold",
        0,
    )
    assert seen["MetricName"] == part(made, "AlarmsNoPredictions")["MetricName"] == "indexed"
    rule = "".join(str(each) for each in composite["Properties"]["AlarmRule"]["Fn::Join"][1])
    assert re.fullmatch(r'\(OK\("\{.*Seen.*\}"\) AND ALARM\("\{.*NoPredictions.*\}"\)\)', rule), rule


def test_dev_has_only_the_alarms_of_what_runs_on_a_schedule(template: Callable[[str], Template]) -> None:
    assert template("dev").find_resources("AWS::SNS::Topic") == {}
    assert len(alarms(template("dev"))) == 6


def metrics(node: Any) -> set[str]:
    """Return the names of all metrics of this project in an alarm or a widget."""
    if isinstance(node, list):
        return set().union(*map(metrics, node))
    if not isinstance(node, dict):
        return set()
    own = {node["MetricName"]} if node.get("Namespace") == NAMESPACE and "Dimensions" in node else set()
    return own.union(*map(metrics, node.values()))


def test_the_metrics_watched_are_those_that_the_shipper_and_its_replay_print(
    template: Callable[[str], Template],
) -> None:
    printed = set(report.METRICS) | {f"replay_{fate}" for fate in ("delivered", "left", "set_aside", "unreachable")}

    watched = metrics(alarms(template("company")))

    assert NAMESPACE == report.NAMESPACE
    assert {"indexed", "kept_raw", "lag_ms", "replay_left"} <= watched <= printed


def test_the_pipelines_dashboard_is_found_by_the_domains_name(template: Callable[[str], Template]) -> None:
    template("production").has_resource_properties(
        "AWS::CloudWatch::Dashboard", {"DashboardName": "mlops-cluster-pipeline"}
    )
    assert template("dev").find_resources("AWS::CloudWatch::Dashboard") == {}


THRESHOLDS = {
    "lag": (300_000, 3),
    "kept-raw": (5, 2),
    "stream-behind": (300_000, 3),
    "failure-bucket": (1, 1),
    "set-aside": (1, 1),
    "shipper-errors": (1, 2),
    "shipper-throttles": (1, 3),
    "domain-red": (1, 1),
    "domain-yellow": (1, 5),
    "jvm-pressure": (85, 15),
    "writes-blocked": (1, 1),
    "drift": (2, 1),
    "quality": (1, 1),
    "days": (50, 1),
    "drift-failed": (1, 1),
    "quality-failed": (1, 1),
    "days-failed": (1, 1),
}
"""Section of docs/operations.md → the threshold of its alarm, and how many periods in a row it takes."""


@pytest.mark.parametrize("name", THRESHOLDS)
def test_an_alarm_fires_from_its_threshold_on(name: str, template: Callable[[str], Template]) -> None:
    (alarm,) = (each for each in alarms(template("company")) if section(each) == name)

    assert (alarm["Threshold"], alarm["EvaluationPeriods"]) == THRESHOLDS[name]
