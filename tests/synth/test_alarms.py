"""Alarms: each tells what to do and where to read on, and reaches a person."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from aws_cdk.assertions import Template

from checks.templates import PROFILES, compose
from lambda_shipper import report
from stacks.metrics import NAMESPACE

ROOT = Path(__file__).resolve().parents[2]
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
SECTIONS = set(re.findall(r"^### ([a-z-]+)$", OPERATIONS, re.MULTILINE))


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Template]:
    made = {}
    for profile in ("dev", "production", "kinesis"):
        app = compose(PROFILES[profile], tmp_path_factory.mktemp(profile))
        made[profile] = Template.from_stack(app.node.find_child("PredictionMonitoring"))
    return made


def alarms(template: Template) -> list[dict[str, Any]]:
    return [each["Properties"] for each in template.find_resources("AWS::CloudWatch::Alarm").values()]


def section(alarm: dict[str, Any]) -> str:
    return alarm["AlarmDescription"].rpartition("#")[2]


def test_each_alarm_links_to_a_section_and_each_section_is_an_alarms(templates: Mapping[str, Template]) -> None:
    linked = {section(alarm) for alarm in alarms(templates["kinesis"])}

    assert linked == SECTIONS


def test_the_link_is_a_url_where_the_repository_is_known(templates: Mapping[str, Template]) -> None:
    descriptions = [alarm["AlarmDescription"] for alarm in alarms(templates["kinesis"])]

    assert all("https://github.com/owner/name/blob/main/docs/operations.md#" in each for each in descriptions)


def test_each_alarm_says_what_to_do_before_the_link(templates: Mapping[str, Template]) -> None:
    for alarm in alarms(templates["production"]):
        words = alarm["AlarmDescription"].rpartition(" ")[0]
        assert len(words.split()) > 5, words


def test_each_alarm_and_its_end_are_published(templates: Mapping[str, Template]) -> None:
    template = templates["production"]
    (topic,) = template.find_resources("AWS::SNS::Topic")

    for alarm in alarms(template):
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": topic}]
    template.has_resource_properties("AWS::SNS::Subscription", {"Protocol": "email", "Endpoint": "oncall@example.com"})


def test_only_the_accounts_own_alarms_may_publish(templates: Mapping[str, Template]) -> None:
    (policy,) = templates["production"].find_resources("AWS::SNS::TopicPolicy").values()

    allowed = [each for each in policy["Properties"]["PolicyDocument"]["Statement"] if each["Effect"] == "Allow"]

    assert [each["Principal"] for each in allowed] == [{"Service": "cloudwatch.amazonaws.com"}]
    assert allowed[0]["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_silence_is_an_alarm_but_quiet_functions_are_not(templates: Mapping[str, Template]) -> None:
    by_section = {section(alarm): alarm for alarm in alarms(templates["production"])}

    assert by_section["no-predictions"]["TreatMissingData"] == "breaching"
    assert by_section["no-predictions"]["EvaluationPeriods"] == 24
    assert by_section["shipper-errors"]["TreatMissingData"] == "notBreaching"


def test_dev_has_none_but_drifts_own(templates: Mapping[str, Template]) -> None:
    assert templates["dev"].find_resources("AWS::SNS::Topic") == {}
    assert len(alarms(templates["dev"])) == 2


def metrics(node: Any) -> set[str]:
    """The names of all metrics of ours in an alarm or a widget."""
    if isinstance(node, list):
        return set().union(*map(metrics, node))
    if not isinstance(node, dict):
        return set()
    own = {node["MetricName"]} if node.get("Namespace") == NAMESPACE and "Dimensions" in node else set()
    return own.union(*map(metrics, node.values()))


def test_the_metrics_watched_are_those_that_the_shipper_and_its_replay_print(templates: Mapping[str, Template]) -> None:
    printed = set(report.METRICS) | {f"replay_{fate}" for fate in ("delivered", "left", "set_aside", "unreachable")}

    watched = metrics(alarms(templates["kinesis"]))

    assert NAMESPACE == report.NAMESPACE
    assert {"indexed", "kept_raw", "lag_ms", "replay_left"} <= watched <= printed


def test_the_pipelines_dashboard_is_found_by_the_domains_name(templates: Mapping[str, Template]) -> None:
    templates["production"].has_resource_properties(
        "AWS::CloudWatch::Dashboard", {"DashboardName": "mlops-cluster-pipeline"}
    )
    assert templates["dev"].find_resources("AWS::CloudWatch::Dashboard") == {}
