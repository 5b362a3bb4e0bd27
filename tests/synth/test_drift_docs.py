"""The rules of docs/drift.md: each is a whole stack that synthesises and matches the events that are sent."""

import re
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App
from aws_cdk.assertions import Match, Template

from monitors.drift.config import DETAIL_TYPE
from monitors.drift.judgement.signals import CLOCK, NAMES, SCORE_BY_LABEL
from monitors.reporting.events import SOURCE

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "drift.md"


@pytest.fixture(scope="module")
def stacks() -> dict[str, Any]:
    """Return the classes that the document defines, by name."""
    defined: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL):
        exec(block, defined)
    return defined


@pytest.mark.parametrize(
    ("name", "arguments", "targets"),
    [
        ("DriftMail", {"address": "someone@example.com"}, 1),
        ("DriftWorkflow", {"repository": "owner/name", "token_secret": "github"}, 1),
    ],
)
def test_a_documented_rule_catches_the_event(
    stacks: dict[str, Any], name: str, arguments: dict[str, str], targets: int
) -> None:
    template = Template.from_stack(stacks[name](App(), name, **arguments))

    template.has_resource_properties(
        "AWS::Events::Rule",
        {
            "EventPattern": Match.object_like({"source": [SOURCE], "detail-type": [DETAIL_TYPE]}),
            "Targets": [Match.any_value()] * targets,
        },
    )


def test_the_workflow_is_dispatched_with_the_verdict_and_its_words(stacks: dict[str, Any]) -> None:
    template = Template.from_stack(stacks["DriftWorkflow"](App(), "W", repository="owner/name", token_secret="github"))

    template.has_resource_properties(
        "AWS::Events::ApiDestination",
        {"InvocationEndpoint": "https://api.github.com/repos/owner/name/dispatches", "HttpMethod": "POST"},
    )
    template.has_resource_properties(
        "AWS::Events::Rule",
        {
            "Targets": [
                Match.object_like(
                    {
                        "InputTransformer": {
                            "InputPathsMap": Match.object_like({"detail-words": "$.detail.words"}),
                            "InputTemplate": Match.string_like_regexp('"event_type":"prediction-drift"'),
                        }
                    }
                )
            ]
        },
    )


@pytest.mark.parametrize("name", sorted(set(NAMES) - {SCORE_BY_LABEL, CLOCK}))
def test_every_signal_is_explained(name: str) -> None:
    assert f"| `{name}` |" in DOCUMENT.read_text()
