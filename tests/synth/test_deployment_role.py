"""The roles that a repository's workflows take on: who may, for what, and for how long."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from aws_cdk.assertions import Template

from checks.profiles import PROFILES, composed
from stacks import ROLE_STACK, deployment_role
from tests.synth.reading import Reading, as_list

WORKFLOWS = Path(__file__).resolve().parents[2] / ".github" / "workflows"
ENVIRONMENT, PULL_REQUEST = "repo:owner/name:environment:production", "repo:owner/name:pull_request"
STACK_ARN = "arn:<AWS::Partition>:cloudformation:<AWS::Region>:<AWS::AccountId>:stack/PredictionMonitoring/*"


@pytest.fixture(scope="module")
def template(templates: Callable[[str], Mapping[str, Template]]) -> Template:
    return templates("company")[ROLE_STACK]


def role(template: Template, subject: str) -> dict[str, Any]:
    found = template.find_resources("AWS::IAM::Role", {"Properties": {"Description": f"For GitHub: {subject}"}})
    (made,) = found.values()
    return made["Properties"]


@pytest.mark.parametrize("subject", [ENVIRONMENT, PULL_REQUEST])
def test_a_role_is_for_one_repository_and_purpose(template: Template, subject: str) -> None:
    (statement,) = role(template, subject)["AssumeRolePolicyDocument"]["Statement"]
    conditions = statement["Condition"]["StringEquals"]

    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert list(statement["Condition"]) == ["StringEquals"]
    assert as_list(conditions[f"{deployment_role.ISSUER}:sub"]) == [subject]
    # In China the service has another suffix, and so another audience.
    assert conditions[f"{deployment_role.ISSUER}:aud"] == {"Fn::Join": ["", ["sts.", {"Ref": "AWS::URLSuffix"}]]}


def test_the_ids_of_a_newer_repository_stand_beside_its_name_and_never_as_a_pattern() -> None:
    app = composed({**PROFILES["company"], "github_ids": "11/22"})
    stack = app.node.find_child(ROLE_STACK)

    subjects = {
        subject
        for each in Reading(Template.from_stack(stack).to_json()).of_type("IAM::Role").values()
        for statement in each["AssumeRolePolicyDocument"]["Statement"]
        for subject in statement["Condition"]["StringEquals"][f"{deployment_role.ISSUER}:sub"]
    }

    assert subjects == {
        ENVIRONMENT,
        PULL_REQUEST,
        "repo:owner@11/name@22:environment:production",
        "repo:owner@11/name@22:pull_request",
    }


def test_a_pull_requests_role_reads_the_deployed_template_and_nothing_else(template: Template) -> None:
    reading = Reading(template.to_json())
    (comparing,) = (name for name in reading.of_type("IAM::Role") if name.startswith("Compare"))

    assert reading.actions(comparing) == {
        ("cloudformation:DescribeStacks", STACK_ARN),
        ("cloudformation:GetTemplate", STACK_ARN),
    }


def test_the_deploying_role_takes_on_two_of_the_bootstraps_roles_and_only_reads_itself(template: Template) -> None:
    reading = Reading(template.to_json())
    (deploying,) = (name for name in reading.of_type("IAM::Role") if name.startswith("Deploy"))

    allowed = reading.actions(deploying)

    # Never the lookup role, which reads everything in the account.
    taken = {resource.rpartition("/")[2] for action, resource in allowed if action == "sts:AssumeRole"}
    end = "role-<AWS::AccountId>-<AWS::Region>"
    assert taken == {f"cdk-hnb659fds-{each}-{end}" for each in ("deploy", "file-publishing")}
    verbs = {action.partition(":")[2] for action, _ in allowed if action != "sts:AssumeRole"}
    assert all(re.match("Get|Describe|List", verb) for verb in verbs)
    assert {action for action, resource in allowed if resource == "*"} == set(deployment_role.LOOKS)


def test_the_deploying_role_reads_its_own_domain_role_and_functions_only(template: Template) -> None:
    reading = Reading(template.to_json())
    (deploying,) = (name for name in reading.of_type("IAM::Role") if name.startswith("Deploy"))

    read = {action: resource.rpartition("<AWS::AccountId>:")[2] for action, resource in reading.actions(deploying)}

    assert set(deployment_role.OWN_LOOKS) <= set(read)
    assert read["es:DescribeDomain"] == read["es:GetCompatibleVersions"] == "domain/mlops-cluster"
    assert read["iam:GetRole"] == f"role/{deployment_role.LINKED_ROLE}"
    assert read["lambda:GetFunctionConcurrency"] == "function:PredictionMonitoring*"


def test_the_workflow_asks_for_no_longer_than_its_role_allows(template: Template) -> None:
    (seconds,) = re.findall(r"role-duration-seconds: (\d+)", (WORKFLOWS / "deploy.yml").read_text())

    assert role(template, ENVIRONMENT)["MaxSessionDuration"] == int(seconds)
