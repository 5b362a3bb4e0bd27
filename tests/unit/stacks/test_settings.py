"""Settings: they have types and are checked at synthesis, and messages say what to write instead."""

import re
from pathlib import Path

import pytest

from stacks.settings import PROFILES, Settings, SettingsError, unknown_keys

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("profile", PROFILES)
def test_every_profile_is_valid_without_further_settings(profile: str) -> None:
    assert Settings.from_context({"profile": profile}).profile == profile


def test_text_from_the_command_line_becomes_typed_values() -> None:
    settings = Settings.from_context(
        {"data_nodes": "2", "zones": "2", "inference": "false", "log_groups": "/aws/lambda/a, /aws/lambda/b"}
    )

    assert (settings.data_nodes, settings.inference) == (2, False)
    assert settings.log_groups == ("/aws/lambda/a", "/aws/lambda/b")


def test_a_given_setting_wins_over_the_profile() -> None:
    assert Settings.from_context({"profile": "production", "volume_gib": 200}).volume_gib == 200


@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_gives_the_same_values_by_code_and_from_context(profile: str) -> None:
    assert Settings(profile=profile) == Settings.from_context({"profile": profile})


def test_no_setting_depends_on_the_name_of_the_profile_alone() -> None:
    sources = [*(ROOT / "stacks").rglob("*.py"), ROOT / "app.py"]

    readers = [path.name for path in sources if re.search(r"\bs(ettings)?\.profile\b", path.read_text())]

    assert readers == []


@pytest.mark.parametrize(
    "key",
    [
        "@aws-cdk/core:checkSecretUsage",
        "aws:cdk:bundling-stacks",
        "acknowledged-issue-numbers",
        "cli-telemetry",
        "team",
    ],
)
def test_context_of_other_tools_is_ignored(key: str) -> None:
    assert Settings.from_context({key: True}) == Settings()


def test_unknown_context_keys_are_listed() -> None:
    context = {"zones": 1, "team": "a", "cli-telemetry": False, "@aws-cdk/core:checkSecretUsage": True}

    assert unknown_keys(context) == ["team", "cli-telemetry"]


@pytest.mark.parametrize("key", ["store-text", "log_group", "instancetype", "alarm_emial", "Zones"])
def test_a_key_that_looks_like_a_setting_is_refused(key: str) -> None:
    with pytest.raises(SettingsError, match="perhaps"):
        Settings.from_context({key: "x"})


@pytest.mark.parametrize(
    ("context", "advice"),
    [
        ({"profile": "prod"}, "dev, production, local"),
        ({"alowed_cidrs": "203.0.113.7/32"}, "allowed_cidrs"),
        ({"allowed_cidrs": "0.0.0.0/0"}, "whole internet"),
        ({"allowed_cidrs": "::/0"}, "whole internet"),
        ({"allowed_cidrs": "203.0.113.7/33"}, "203.0.113.7/32"),
        ({"data_nodes": "two"}, "whole number"),
        ({"data_nodes": "--5"}, "whole number"),
        ({"data_nodes": 2.5}, "whole number"),
        ({"data_nodes": "4", "zones": "3"}, "multiple of zones"),
        ({"zones": "4"}, "1, 2, 3"),
        ({"volume_gib": 5}, "10 to 16384"),
        ({"volume_gib": 500}, "at most 100 on t3"),
        ({"domain_name": "ML_Ops"}, "mlops-cluster"),
        ({"engine_version": "1.3"}, "2.19"),
        ({"store_text": "some"}, "full, hash, none"),
        ({"architecture": "host"}, "arm64, x86_64"),
        ({"inference": "maybe"}, "true or false"),
        ({"inference": "false"}, "log"),
        ({"log_groups": "bad group"}, "/aws/lambda/my-function"),
        ({"model_uri": "https://x/y"}, "s3://"),
        ({"model_uri": "s3://bucket/model"}, "sha256sum"),
        ({"log_retention_days": 31}, "30"),
        ({"log_groups": 5}, "commas"),
    ],
)
def test_a_wrong_value_is_refused_with_what_to_write(context: dict, advice: str) -> None:
    with pytest.raises(SettingsError, match="Write") as refused:
        Settings.from_context(context)

    assert advice in str(refused.value)


def test_the_arn_of_a_log_group_is_its_name_and_a_name_given_twice_is_one() -> None:
    arn = "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/a"
    settings = Settings.from_context({"log_groups": f"{arn}:*, /aws/lambda/b, /aws/lambda/a,{arn}"})

    assert settings.log_groups == ("/aws/lambda/a", "/aws/lambda/b")


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        ("/aws/lambda/prévision", "a-z A-Z 0-9 _ - / . #"),
        ("/aws/lambda/予測", "a-z A-Z 0-9"),
        ("aws/lambda/a", "such as /aws/lambda/my-function"),
        ("x" * 513, "names of log groups"),
        ("arn:aws:lambda:eu-central-1:123456789012:function:a", "or their ARNs"),
        ("arn:aws:logs:eu-central-1:123456789012:log-group:/a:log-stream:b", "or their ARNs"),
        (
            "arn:aws:logs:eu-central-1:123456789012:log-group:/a,arn:aws:logs:eu-west-1:123456789012:log-group:/b",
            "123456789012 in eu-central-1 and 123456789012 in eu-west-1",
        ),
    ],
)
def test_a_log_group_that_aws_cannot_have_is_refused(groups: str, said: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_context({"log_groups": groups})

    assert said in str(refused.value)
