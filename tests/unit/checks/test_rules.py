"""Other people's rules over the templates: what they find, and that a set that cannot run is no pass."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from checks import checkov
from checks.policies import check_policies

RESOURCES = {
    "Domain": {"Type": "AWS::OpenSearchService::Domain"},
    "Pool": {"Type": "AWS::Cognito::IdentityPool"},
}
DOMAIN_PATH = {"Fn::Join": ["", [{"Fn::GetAtt": ["Domain", "Arn"]}, "/_bulk"]]}


def found(action: str, resource: Any) -> list[str]:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    policy = {
        "Type": "AWS::IAM::Policy",
        "Properties": {"PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}},
    }
    violations = list(check_policies("dev", "Stack", {"Resources": {**RESOURCES, "Policy": policy}}))
    assert all(each.construct == "Stack/Policy" for each in violations)
    return [each.rule for each in violations]


def test_an_action_on_its_own_resource_is_fine() -> None:
    assert found("es:ESHttpPost", DOMAIN_PATH) == []


def test_an_action_on_the_resource_of_another_service_is_found() -> None:
    assert found("kinesis:PutRecord", DOMAIN_PATH) == ["parliament-RESOURCE_MISMATCH"]


def test_an_action_that_takes_no_resource_may_not_name_one() -> None:
    """AWS may refuse SetIdentityPoolRoles with a pool's ARN, which the first production deployment then meets."""
    pool = {"Fn::Join": [":", ["arn:aws:cognito-identity:eu-central-1:123456789012", {"Ref": "Pool"}]]}

    assert found("cognito-identity:SetIdentityPoolRoles", pool) == ["parliament-RESOURCE_MISMATCH"]
    assert found("cognito-identity:SetIdentityPoolRoles", "*") == []


def test_an_action_that_does_not_exist_is_found() -> None:
    assert found("es:ESHttpPots", DOMAIN_PATH) == ["parliament-UNKNOWN_ACTION"]


def test_every_resource_where_one_could_be_named_is_found() -> None:
    assert found("kinesis:PutRecord", "*") == ["parliament-RESOURCE_STAR"]


def test_a_policy_inside_a_role_is_read_too() -> None:
    statement = {"Effect": "Allow", "Action": "kinesis:PutRecord", "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    role = {"Type": "AWS::IAM::Role", "Properties": {"Policies": [{"PolicyName": "a", "PolicyDocument": document}]}}

    [violation] = check_policies("dev", "Stack", {"Resources": {"Role": role}})

    assert (violation.rule, violation.construct) == ("parliament-RESOURCE_STAR", "Stack/Role")


def process(output: str, status: int = 0) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", f"import sys; print({output!r}); sys.exit({status})"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def report(file: str, errors: int = 0) -> str:
    check = {"check_id": "CKV_AWS_18", "check_name": "Ensure logging", "resource": "AWS::S3::Bucket.Bucket"}
    results = {"passed_checks": [], "failed_checks": [{**check, "file_path": f"/{file}"}]}
    return json.dumps({"results": results, "summary": {"parsing_errors": errors}})


def test_checkovs_violations_have_profile_stack_and_resource() -> None:
    [violation] = checkov.violations(process(report("cognito-vpc+PredictionMonitoring.json")), 1)

    assert str(violation) == "cognito-vpc: CKV_AWS_18 at PredictionMonitoring/Bucket: Ensure logging"


@pytest.mark.parametrize(
    ("output", "status", "templates"),
    [
        ("", 0, 1),
        ("no JSON", 0, 1),
        ('{"passed": 0}', 0, 1),
        ("[]", 0, 1),
        (report("dev+A.json"), 2, 1),
        (report("dev+A.json"), 0, 2),
        (report("dev+A.json", errors=1), 0, 1),
    ],
)
def test_a_checkov_that_did_not_read_every_template_is_no_pass(output: str, status: int, templates: int) -> None:
    with pytest.raises(checkov.CheckovError):
        list(checkov.violations(process(output, status), templates))


def test_a_checkov_that_cannot_be_installed_is_no_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkov, "HOME", tmp_path)
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))

    with pytest.raises(checkov.CheckovError, match="could not be installed"):
        checkov.start(tmp_path)
