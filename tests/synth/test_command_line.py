"""A CDK command line of another age: one sentence that says which version to take, before anything is synthesised."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from stacks.command_line import command_line_problem

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("version", "schema", "is_fine"),
    [
        ("2.100.0", "34.0.0", False),
        ("3.0.0", "36.0.0", False),
        ("2.1148.1", "55.0.0", True),
        ("2.2000.0", "70.0.0", True),
    ],
)
def test_a_command_line_that_reads_an_older_schema_is_named(version: str, schema: str, is_fine: bool) -> None:
    problem = command_line_problem({"CDK_CLI_VERSION": version, "CDK_CLI_ASM_VERSION": schema}, "55.0.0")

    assert (problem is None) == is_fine
    assert is_fine or f"command line {version} cannot read" in str(problem)


def test_without_a_command_line_there_is_nothing_to_say() -> None:
    assert command_line_problem({}) is None


def test_the_app_says_which_version_to_take_and_ends() -> None:
    environ = os.environ | {"CDK_CLI_VERSION": "2.100.0", "CDK_CLI_ASM_VERSION": "34.0.0"}

    done = subprocess.run([sys.executable, "app.py"], cwd=ROOT, env=environ, capture_output=True, text=True)

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("error: the CDK command line 2.100.0 cannot read")
    assert done.stderr.splitlines()[-1].endswith("npx aws-cdk@2.1148.1")
