"""The estimate covers every type of resource that any profile's template has."""

from collections.abc import Callable, Mapping

import pytest
from aws_cdk.assertions import Template

from checks.profiles import PROFILES, composed
from predmon.commands.deploying.leftovers import PARTS, REMOVE
from stacks import STACK
from stacks.settings import Settings, cost
from stacks.settings.bill import BILLED, ENDPOINT_LINE, FREE, GATEWAY
from tests.synth.reading import Reading

SNAP_START = {"model_uri": "s3://models/cola", "model_sha256": "0" * 64}


def unbilled(resources: Mapping[str, Mapping[str, object]], settings: Settings) -> set[str]:
    """Return the types that neither have a line in the estimate nor a reason for none."""
    lines = {each.what for each in cost.estimate(settings)}
    found = set()
    for resource in resources.values():
        kind = str(resource["Type"])
        is_interface = "SubnetIds" in dict(resource.get("Properties", {}))  # type: ignore[call-overload]
        line = (ENDPOINT_LINE if is_interface else "") if kind == GATEWAY else BILLED.get(kind)
        if line == "" or kind in FREE or (line and line in lines):
            continue
        found.add(kind)
    return found


@pytest.mark.parametrize("profile", PROFILES)
def test_every_type_of_resource_has_its_line_or_the_reason_for_none(
    templates: Callable[[str], Mapping[str, Template]], profile: str
) -> None:
    settings = Settings.from_context(PROFILES[profile])

    for template in templates(profile).values():
        assert unbilled(template.to_json()["Resources"], settings) == set()


def test_a_model_that_is_kept_ready_is_billed() -> None:
    settings = {**PROFILES["dev"], **SNAP_START}
    template = Template.from_stack(composed(settings).node.find_child(STACK)).to_json()

    assert unbilled(template["Resources"], Settings.from_context(settings)) == set()
    assert "Model kept ready" in {each.what for each in cost.estimate(Settings.from_context(settings))}


def test_a_type_without_line_and_reason_is_found() -> None:
    resources = {"Gateway": {"Type": "AWS::EC2::NatGateway"}, "Stream": {"Type": "AWS::Kinesis::Stream"}}

    assert unbilled(resources, Settings()) == {"AWS::EC2::NatGateway", "AWS::Kinesis::Stream"}


@pytest.mark.parametrize("profile", ["dev", "production", "company"])
def test_the_alarms_of_the_estimate_are_those_of_the_template(reading: Callable[[str], Reading], profile: str) -> None:
    template, settings = reading(profile), Settings.from_context(PROFILES[profile])

    made = len(template.of_type("CloudWatch::Alarm")) + len(template.of_type("CloudWatch::CompositeAlarm"))

    (line,) = (each for each in cost.estimate(settings) if each.what == "CloudWatch metrics")
    assert f"{made} alarms" in line.because


@pytest.mark.parametrize("profile", PROFILES)
def test_whatever_outlives_the_stack_has_a_command_that_removes_it(
    reading: Callable[[str], Reading], profile: str
) -> None:
    kept = {each["Type"] for each in reading(profile).resources.values() if "Retain" in each.get("DeletionPolicy", "")}

    assert kept - PARTS <= set(REMOVE)
