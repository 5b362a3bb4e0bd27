"""Settings of earlier versions: a context that still has one deploys, with a sentence."""

import subprocess
import sys
from pathlib import Path

import pytest

from stacks.settings import Settings, retired, unknown_keys
from stacks.settings.retired import RETIRED
from stacks.settings.settings import visible

ROOT = Path(__file__).resolve().parents[3]


def test_at_least_twenty_settings_are_gone() -> None:
    assert len(RETIRED) >= 20
    assert not RETIRED.keys() & {each.name for each in visible()}


@pytest.mark.parametrize("name", sorted(RETIRED.keys() - {"vpc_id"}))
def test_a_setting_that_is_gone_changes_nothing_and_is_said(name: str) -> None:
    context = {name: "17"}

    assert Settings.from_context(context) == Settings()
    assert [sentence.split()[0] for sentence in retired(context)] == [name]
    assert unknown_keys(context) == []


@pytest.mark.parametrize("beside", [{}, {"vpc": "none"}])
def test_the_id_of_a_vpc_is_read_under_its_old_name(beside: dict[str, str]) -> None:
    old = {"vpc_id": "vpc-0123456789abcdef0", "subnet_ids": "subnet-0123456789abcdef0", "sign_in": "cognito"}

    settings = Settings.from_context(old | beside)

    assert (settings.vpc, settings.vpc_id) == ("vpc-0123456789abcdef0", "vpc-0123456789abcdef0")


def test_a_retired_setting_is_said_at_synthesis() -> None:
    code = (
        "import aws_cdk, app\n"
        "aws_cdk.App.__init__.__defaults__\n"
        "aws_cdk.App = lambda make=aws_cdk.App: make(context={'gzip': 'true', 'aws:cdk:bundling-stacks': []})\n"
        "app.compose = lambda *_: None\n"
        "app.main()"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert "gzip is no setting any more" in done.stderr
