"""The checks of `make check`: what they pass and what they stop."""

import ast
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from checks import checkov, dependencies
from checks.dependencies import Audit, audit, locks, read
from checks.violations import ACCEPTED, Accepted, Violation, problems_in
from checks.workflows import WORKFLOWS, unpinned

ROOT = Path(__file__).resolve().parents[3]
BUCKET = Accepted("AwsSolutions-S1", "Shipper/Failures/Resource", "reason")


def violation(
    rule: str = "AwsSolutions-S1", construct: str = "PredictionMonitoring/Shipper/Failures/Resource"
) -> Violation:
    return Violation("dev", rule, construct, "The bucket has no access log.")


def test_an_accepted_violation_is_no_problem() -> None:
    assert problems_in([violation()], (BUCKET,)) == []


def test_a_violation_without_an_acceptance_is_named_with_its_place() -> None:
    (problem,) = problems_in([violation(), violation("AwsSolutions-S10")], (BUCKET,))

    assert "dev: AwsSolutions-S10 at PredictionMonitoring/Shipper/Failures" in problem


def test_a_violation_that_is_accepted_twice_is_a_problem() -> None:
    (problem,) = problems_in([violation()], (BUCKET, replace(BUCKET, rule="AwsSolutions-S.", reason="another one")))

    assert "accepted 2 times" in problem


def test_an_acceptance_is_for_its_construct_only() -> None:
    assert len(problems_in([violation(), violation(construct="PredictionMonitoring/Other/Resource")], (BUCKET,))) == 1


def test_an_acceptance_without_a_violation_is_a_problem() -> None:
    (problem,) = problems_in([], (BUCKET,))

    assert "but nothing violates it" in problem


def test_each_acceptance_gives_a_reason() -> None:
    for accepted in (*ACCEPTED, *checkov.ACCEPTED):
        assert len(accepted.reason.split()) >= 6, accepted


def wildcards(source: str) -> list[int]:
    """Return the lines on which a policy gets an action with `*` in it, or the resource `*`."""
    found = []
    for node in ast.walk(ast.parse(source)):
        pairs = [(node.arg, node.value)] if isinstance(node, ast.keyword) else []
        if isinstance(node, ast.Dict):
            pairs = [(getattr(key, "value", None), value) for key, value in zip(node.keys, node.values, strict=True)]
        for name, value in pairs:
            for each in value.elts if isinstance(value, ast.List) else [value]:
                text = each.value if isinstance(each, ast.Constant) and isinstance(each.value, str) else ""
                is_wild = text == "*" if name in ("resources", "Resource", "AWS") else "*" in text
                if name in ("actions", "Action", "resources", "Resource", "AWS") and is_wild:
                    found.append(each.lineno)
    return found


def explained(lines: list[str], number: int) -> bool:
    """Return whether a comment is on line `number` (from 1) or in the eight lines before it."""
    return any("# " in line for line in lines[max(0, number - 9) : number])


def test_wildcards_are_seen_in_both_ways_to_write_a_policy() -> None:
    assert wildcards('PolicyStatement(\n actions=["s3:Get*"],\n resources=["*"])') == [2, 3]
    assert wildcards('{"Action": "es:*",\n "Resource": "*"}') == [1, 2]
    assert wildcards('PolicyStatement(actions=["s3:GetObject"], resources=["arn:aws:s3:::a/*"])') == []


def test_no_wildcard_stands_in_a_policy_without_the_comment_that_names_the_limit() -> None:
    sources = {file: file.read_text() for file in sorted((ROOT / "stacks").rglob("*.py"))}

    found = [(file, number) for file, source in sources.items() for number in wildcards(source)]

    assert found
    for file, number in found:
        assert explained(sources[file].splitlines(), number), f"{file.relative_to(ROOT)}:{number} says no reason"


@pytest.mark.parametrize(
    "line",
    [
        "- uses: actions/checkout@v4",
        "- uses: actions/checkout@main # v4.2.2",
        "- uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1",
        "uses: actions/checkout@3d3c42e # v7.0.1",
    ],
)
def test_an_action_without_a_full_commit_is_found(line: str) -> None:
    assert unpinned(f"jobs:\n  a:\n    steps:\n      {line}\n") == [line]


def test_an_action_at_a_full_commit_with_its_version_is_pinned() -> None:
    assert unpinned("      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1\n") == []


def test_the_workflows_hold_no_stored_key() -> None:
    for file in WORKFLOWS.glob("*.yml"):
        assert "secrets." not in file.read_text(), file.name


def test_the_deploying_job_waits_for_its_environment() -> None:
    assert "\n    environment: production\n" in (WORKFLOWS / "deploy.yml").read_text()


def jobs() -> dict[str, dict[str, Any]]:
    """Return every job of every workflow, each with its permissions: its own, else those of the workflow."""
    found = {}
    for file in sorted(WORKFLOWS.glob("*.yml")):
        workflow = yaml.safe_load(file.read_text())
        for name, job in workflow["jobs"].items():
            found[f"{file.stem}/{name}"] = {"permissions": workflow["permissions"], **job}
    return found


def commands(job: dict[str, Any]) -> str:
    return "\n".join(step.get("run", "") for step in job["steps"])


def test_only_jobs_that_run_no_tests_get_a_token_for_aws() -> None:
    holders = {name: job for name, job in jobs().items() if "id-token" in job["permissions"]}

    assert set(holders) == {"deploy/deploy", "diff/diff"}
    for name, job in holders.items():
        assert not re.search(r"\.ci/run|make (?!setup\b)|pytest|checks|benchmarks", commands(job)), name


def test_nothing_is_deployed_that_did_not_pass_the_gate() -> None:
    found = jobs()

    assert found["deploy/deploy"]["needs"] == "check"
    assert ".ci/run" in commands(found["deploy/check"])


def test_a_job_that_may_write_to_the_repository_runs_no_code_of_it() -> None:
    for name, job in jobs().items():
        written = {what for what, may in job["permissions"].items() if may == "write"} - {"id-token"}
        assert not (written and any("checkout" in step.get("uses", "") for step in job["steps"])), name


def test_the_deploying_job_keeps_its_credentials_long_enough() -> None:
    job = jobs()["deploy/deploy"]
    [seconds] = [step["with"]["role-duration-seconds"] for step in job["steps"] if "aws-region" in step.get("with", {})]

    assert job["timeout-minutes"] * 60 <= seconds


def test_a_vulnerability_fails_and_is_named_with_the_version_that_fixes_it() -> None:
    hole = {"id": "PYSEC-1", "fix_versions": ["1.1"]}
    result = read([{"dependencies": [{"name": "a", "version": "1.0", "vulns": [hole]}]}])

    assert result.says == "a 1.0: PYSEC-1, fixed in 1.1"
    assert not result.passes(required=False)


def test_a_missing_audit_says_so_and_passes_only_if_audits_are_optional() -> None:
    skipped = {"name": "a", "version": "1.0", "skip_reason": "Dependency not found on PyPI"}
    result = read([{"dependencies": [skipped]}])

    assert "NOT audited" in result.says
    assert result.passes(required=False)
    assert not result.passes(required=True)


def test_a_lock_without_an_answer_hides_no_vulnerability_of_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "pip-audit"
    tool.write_text("#!/bin/sh\nfor file; do :; done\ncat $file\n")
    tool.chmod(0o755)
    monkeypatch.setattr(dependencies, "PIP_AUDIT", tool)
    holed = {"name": "a", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": []}]}
    (tmp_path / "silent.txt").write_text("")
    (tmp_path / "holed.txt").write_text(json.dumps({"dependencies": [holed]}))

    result = audit([tmp_path / "silent.txt", tmp_path / "holed.txt"])

    assert result.vulnerable == ("a 1.0: PYSEC-1, fixed in none yet",)
    assert "silent.txt: pip-audit said nothing" in result.says
    assert not result.passes(required=False)


def test_an_audit_of_only_some_locks_says_so_and_passes_only_if_audits_are_optional() -> None:
    result = Audit(1, 0, silent=("requirements.lock: no answer within 120 s",))

    assert "NOT audited: requirements.lock" in result.says
    assert result.passes(required=False)
    assert not result.passes(required=True)


def test_a_clean_audit_counts_each_package_once() -> None:
    report = {"dependencies": [{"name": "a", "version": "1.0", "vulns": []}]}

    assert read([report, report]) == Audit(1, 0)


def test_every_functions_lock_is_audited() -> None:
    names = {str(file.relative_to(ROOT)) for file in locks()}

    assert "requirements.lock" in names
    assert {"lambda_shipper/requirements.txt", "monitors/drift/requirements.txt"} <= names
    assert {"inference_lambda/requirements.txt", "dashboards/importer/requirements.txt"} <= names
