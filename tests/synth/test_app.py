"""The app, run by the CDK's command line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from predmon.tools import cdk

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("context", [{"volume_gib": "5"}, {"model_dir": "/nowhere"}], ids=str)
def test_a_wrong_setting_is_one_line_that_names_it(context: dict[str, str]) -> None:
    environ = os.environ | {"CDK_CONTEXT_JSON": json.dumps(context)}

    done = subprocess.run([sys.executable, "app.py"], cwd=ROOT, env=environ, capture_output=True, text=True)

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(f"error: Setting {next(iter(context))}=")
    assert "Traceback" not in done.stderr


def test_a_sign_in_that_the_region_lacks_is_one_line_that_names_another() -> None:
    context = {"profile": "production", "alarm_email": "oncall@example.com", "aws:cdk:bundling-stacks": []}
    place = {"CDK_DEFAULT_ACCOUNT": "123456789012", "CDK_DEFAULT_REGION": "cn-north-1"}
    environ = os.environ | place | {"CDK_CONTEXT_JSON": json.dumps(context)}

    done = subprocess.run([sys.executable, "app.py"], cwd=ROOT, env=environ, capture_output=True, text=True)

    assert done.returncode == 1
    assert "error: Setting sign_in='cognito' is not possible. Write saml" in done.stderr.splitlines()[-1]
    assert "cn-north-1 has no Cognito user pools" in done.stderr


def test_context_that_is_no_setting_is_named_in_a_warning() -> None:
    context = {"team": "search", "acknowledged-issue-numbers": [1], "@aws-cdk/core:checkSecretUsage": True}
    environ = os.environ | {"CDK_CONTEXT_JSON": json.dumps({**context, "aws:cdk:bundling-stacks": []})}

    done = subprocess.run([sys.executable, "app.py"], cwd=ROOT, env=environ, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert "warning: ignored context that is no setting: team, acknowledged-issue-numbers" in done.stderr


@pytest.mark.parametrize("by_predmon", [False, True])
def test_a_plain_synthesis_says_what_nobody_has_checked(by_predmon: bool) -> None:
    checked = cdk.variables() if by_predmon else {}
    context = json.dumps({"vpc": "new", "sign_in": "cognito", "aws:cdk:bundling-stacks": []})

    environ = os.environ | checked | {"CDK_CONTEXT_JSON": context}
    done = subprocess.run([sys.executable, "app.py"], cwd=ROOT, env=environ, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert ("unchecked (predmon doctor looks): a domain in a VPC" in done.stderr) is not by_predmon
