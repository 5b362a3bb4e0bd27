"""What acts: one function that may do what the settings name, on that ARN alone; none where nothing is named."""

from typing import Any

import pytest
from aws_cdk.assertions import Match, Template

from checks.profiles import composed
from stacks.prediction_monitoring import PredictionMonitoring
from stacks.settings import SettingsError

MACHINE = "arn:aws:states:eu-central-1:123456789012:stateMachine:retrain"


def template(**settings: str) -> Template:
    app = composed(settings)
    return Template.from_stack(next(each for each in app.node.children if isinstance(each, PredictionMonitoring)))


def statements(made: Template) -> list[dict[str, Any]]:
    found = made.find_resources("AWS::IAM::Policy")
    acting = [each for name, each in found.items() if name.startswith("Acting")]
    return [statement for each in acting for statement in each["Properties"]["PolicyDocument"]["Statement"]]


def test_by_default_nothing_acts() -> None:
    made = template()

    assert not statements(made)
    made.resource_count_is("AWS::Lambda::Alias", 0)


def test_the_function_may_start_what_is_named_and_nothing_else() -> None:
    made = template(on_drift=MACHINE)

    granted = {str(each["Action"]): each["Resource"] for each in statements(made)}
    assert granted.pop("states:StartExecution") == MACHINE
    logs = "['logs:CreateLogStream', 'logs:PutLogEvents']"
    assert set(granted) == {"cloudwatch:PutMetricData", "events:PutEvents", logs}
    made.has_resource_properties(
        "AWS::Events::Rule",
        {"EventPattern": Match.object_like({"detail-type": ["PredictionAction"], "detail": Match.any_value()})},
    )


def test_a_rollback_moves_the_alias_of_the_served_model_alone() -> None:
    made = template(on_worse="rollback")

    (moving,) = [each for each in statements(made) if "lambda:UpdateAlias" in each["Action"]]
    assert set(moving["Action"]) == {"lambda:GetAlias", "lambda:ListVersionsByFunction", "lambda:UpdateAlias"}
    assert "Inference" in str(moving["Resource"]) and "*" not in str(moving["Resource"])
    made.has_resource_properties("AWS::Lambda::Alias", {"Name": "live"})
    made.has_resource("AWS::Lambda::Version", {"DeletionPolicy": "Retain"})


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"on_drift": "retrain"}, "rollback, or the ARN of a state machine"),
        ({"on_worse": "arn:aws:sqs:eu-west-1:123456789012:q.fifo"}, "rollback, or the ARN of"),
        ({"on_drift": "rollback", "inference": "false", "log_groups": "/aws/lambda/mine"}, "nothing to roll back"),
        ({"act": "never"}, "one of once, dry_run"),
    ],
)
def test_what_cannot_be_started_is_refused_at_synth(settings: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        composed(settings)
