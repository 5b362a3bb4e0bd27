"""`log_groups`: names, ARNs, patterns and the whole account, and what is refused with what to write instead."""

import pytest

from stacks.settings import Settings, SettingsError
from stacks.settings.log_groups import Collected, read_log_groups
from stacks.settings.places import check_places

OWN = "PredictionMonitoring-ShipperLogsC5150F11-Ab3dEfGh1jKl"
OWN_PARTS = (
    "ShipperReplayLogs",
    "DashboardsProviderLogs",
    "SubscriberLogs",
    "ActingLogs",
    "StreamDrainLogs",
    "DaysLogs",
)
MACHINE = "arn:aws:states:eu-central-1:123456789012:stateMachine:retrain"
ARN = "arn:aws:logs:eu-central-1:123456789012:log-group:"


def test_each_kind_of_rule_is_read() -> None:
    assert read_log_groups(["/a", "/aws/lambda/ml-*", "-/aws/lambda/ml-test", "/a"]) == Collected(
        names=("/a",), patterns=("/aws/lambda/ml-*",), left_out=("/aws/lambda/ml-test",)
    )
    assert read_log_groups(["account", f"-{ARN}/b"]) == Collected(
        left_out=("/b",), whole_account=True, place=("eu-central-1", "123456789012")
    )


@pytest.mark.parametrize(
    "rule",
    [
        OWN,
        f"{ARN}{OWN}",
        f"{ARN}{OWN}:*",
        "PredictionMonitoring-reviews-ShipperLogsC5150F11-Ab3dEfGh1jKl",
        "/aws/lambda/PredictionMonitoring-ShipperFunction7E102B5C-Ab3dEfGh1jKl",
        "PredictionMonitoring-*",
        "PredictionMonitoring-Shipper*",
        "Predict*",
        "/aws/lambda/PredictionMonitoring-*",
        "PredictionMonitoring-InferenceLogsC1F7CC05-Ab3dEfGh1jKl",
        *(f"PredictionMonitoring-{part}7B61DE52-Ab3dEfGh1jKl" for part in OWN_PARTS),
        OWN.lower(),
        OWN.upper(),
        "predictionmonitoring*",
        "/aws/lambda/predict*",
        "P*",
    ],
)
def test_log_groups_of_this_project_are_refused_in_every_form(rule: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_context({"log_groups": f"/aws/lambda/a,{rule}"})

    assert "your own functions" in str(refused.value)


@pytest.mark.parametrize("rule", ["/aws/lambda/*", "/aws/lambda/prod-*", "Payments-*", "p*", "*-scorer"])
def test_a_pattern_that_says_something_else_is_taken(rule: str) -> None:
    assert Settings.from_context({"log_groups": rule}).collected.patterns == (rule,)


@pytest.mark.parametrize(
    ("rules", "advice"),
    [
        (["*"], "account, which collects every log group"),
        (["**"], "account, which collects every log group"),
        ([f"{ARN}*"], "account, which collects every log group"),
        (["Account"], "account, which collects every log group"),
        (["/aws/lambda/"], "/aws/lambda/* for all"),
        (["${Token[TOKEN.1]}"], "names of log groups"),
        (["account", "/a"], "account alone"),
        (["account", "-/a-*"], "takes no patterns"),
        (["/a", "-/b"], "account or a pattern beside"),
        ([f"/aws/lambda/f{number}" for number in range(301)], "/aws/lambda/ml-*"),
        ([f"/aws/lambda/f{number}-*" for number in range(21)], "at most 20 patterns"),
        (["account", *(f"-/aws/lambda/{number:060d}" for number in range(400))], "bytes"),
    ],
)
def test_rules_that_cannot_be_are_refused_with_what_to_write(rules: list[str], advice: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_log_groups(rules)

    assert advice in str(refused.value)


@pytest.mark.parametrize(
    ("given", "account", "region", "setting"),
    [
        ({"log_groups": f"{ARN}/a"}, "123456789012", "eu-west-1", "log_groups"),
        ({"log_groups": f"{ARN}/a"}, "210987654321", "eu-central-1", "log_groups"),
        ({"log_groups": f"{ARN}/aws/lambda/ml-*"}, "210987654321", None, "log_groups"),
        ({"on_drift": "arn:aws:sns:eu-west-1:123456789012:retrain"}, "123456789012", "eu-central-1", "on_drift"),
        ({"on_worse": "arn:aws:sqs:eu-west-1:123456789012:retrain"}, "123456789012", "eu-central-1", "on_worse"),
        ({"on_drift": MACHINE}, "210987654321", "eu-central-1", "on_drift"),
        (
            {"kms_key_arn": "arn:aws:kms:eu-west-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"},
            "123456789012",
            "eu-central-1",
            "kms_key_arn",
        ),
    ],
)
def test_what_lies_elsewhere_is_refused_where_the_place_is_known(
    given: dict[str, str], account: str | None, region: str | None, setting: str
) -> None:
    settings = Settings.from_context(given)

    with pytest.raises(SettingsError, match=f"Setting {setting}="):
        check_places(settings, account=account, region=region)
    check_places(settings, account=None, region=None)


@pytest.mark.parametrize(
    ("given", "instead"),
    [
        ("t3.small", "t3.small.search"),
        ("r7g.large.elasticsearch", "r7g.large.search"),
        ("t2.small.search", "t3.small.search"),
        ("i3.large.search", "r7g.large.search"),
        ("im4gn.large.search", "r7g.large.search"),
        ("m3.medium.search", "r7g.large.search"),
        ("small", "t3.small.search"),
        ("t2.medium.elasticsearch", "t3.medium.search"),
        ("i3.large.elasticsearch", "r7g.large.search"),
        ("i2.xlarge.search", "r7g.large.search"),
        ("T3.small.search", "t3.small.search"),
        ("ultrawarm1.medium.search", "r7g.large.search"),
    ],
)
def test_a_type_that_the_domain_cannot_have_is_refused_with_one_that_it_can(given: str, instead: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_context({"instance_type": given})

    assert instead in str(refused.value)
    assert Settings.from_context({"instance_type": instead})


@pytest.mark.parametrize(
    ("nodes", "kind", "managers"),
    [
        (3, "r7g.large.search", "m6g.large.search"),
        (3, "r5.large.search", "m5.large.search"),
        (12, "r6gd.large.search", "c6g.2xlarge.search"),
        (80, "or1.large.search", "r5.2xlarge.search"),
    ],
)
def test_the_managers_follow_the_data_nodes(nodes: int, kind: str, managers: str) -> None:
    from stacks.settings.node_types import manager_type

    assert manager_type(kind, nodes) == managers


@pytest.mark.parametrize(
    "what",
    [MACHINE, "arn:aws:sns:eu-central-1:210987654321:retrain", "arn:aws:lambda:eu-central-1:210987654321:function:a"],
)
def test_what_can_be_started_from_here_is_taken(what: str) -> None:
    check_places(Settings.from_context({"on_drift": what}), account="123456789012", region="eu-central-1")
