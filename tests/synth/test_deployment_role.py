"""The roles that a repository's workflows take on: who may, for what, and for how long."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from aws_cdk.assertions import Template

from stacks import ROLE_STACK, deployment_role
from tests.synth.reading import as_list

DEPLOY = Path(__file__).resolve().parents[2] / ".github" / "workflows" / "deploy.yml"
ENVIRONMENT, PULL_REQUEST = "repo:owner/name:environment:production", "repo:owner/name:pull_request"


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

    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert statement["Condition"] == {
        "StringEquals": {
            f"{deployment_role.ISSUER}:aud": "sts.amazonaws.com",
            f"{deployment_role.ISSUER}:sub": subject,
        }
    }


def test_the_roles_may_do_nothing_but_take_on_the_bootstraps_roles_and_read_what_is_there(template: Template) -> None:
    policies = template.find_resources("AWS::IAM::Policy").values()

    statements = [each for policy in policies for each in policy["Properties"]["PolicyDocument"]["Statement"]]

    actions = {action for each in statements for action in as_list(each["Action"])}
    assert actions == {
        "sts:AssumeRole",
        "ssm:GetParameter",
        "cloudformation:DescribeStacks",
        "cloudformation:ListStackResources",
        "es:DescribeDomain",
    }


def test_the_workflow_asks_for_no_longer_than_its_role_allows(template: Template) -> None:
    (seconds,) = re.findall(r"role-duration-seconds: (\d+)", DEPLOY.read_text())

    assert role(template, ENVIRONMENT)["MaxSessionDuration"] == int(seconds)
