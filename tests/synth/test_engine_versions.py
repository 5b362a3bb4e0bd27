"""The versions of OpenSearch that the setting accepts: each reaches the template, and the CDK knows each."""

import re

import pytest
from aws_cdk import App, Environment, Stack
from aws_cdk import aws_opensearchservice as opensearch
from aws_cdk.assertions import Template

from predmon.tools.java import ENGINES
from stacks.constructs.domain import SearchDomain
from stacks.constructs.way_in import WayIn
from stacks.settings import Settings, SettingsError
from stacks.settings.choices import ENGINE_VERSIONS

OLDEST = (2, 11)
"""The saved objects are those of Dashboards 2.11."""


def version(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")))


@pytest.mark.parametrize("engine_version", ENGINE_VERSIONS)
def test_each_version_that_the_setting_accepts_is_deployed(engine_version: str) -> None:
    s = Settings(engine_version=engine_version)
    stack = Stack(App(), "Stack", env=Environment(account="123456789012", region="eu-central-1"))

    SearchDomain(
        stack,
        "Search",
        name=s.domain_name,
        engine_version=s.engine_version,
        instance_type=s.instance_type,
        data_nodes=s.data_nodes,
        zones=s.zones,
        manager_nodes=s.manager_nodes,
        manager_type=s.manager_type,
        volume_gib=s.volume_gib,
        scheme=s.opensearch_scheme,
        retain=s.retain_data,
        way_in=WayIn(),
        network=None,
        key=None,
        log_retention=None,
    )

    template = Template.from_stack(stack)
    (domain,) = template.find_resources("AWS::OpenSearchService::Domain").values()
    assert domain["Properties"]["EngineVersion"] == f"OpenSearch_{engine_version}"
    assert domain["UpdatePolicy"] == {"EnableVersionUpgrade": True}


def test_the_setting_accepts_every_version_that_the_cdk_knows_from_the_oldest_on() -> None:
    names = [re.fullmatch(r"OPENSEARCH_(\d+)_(\d+)", each) for each in dir(opensearch.EngineVersion)]
    known = {(int(each[1]), int(each[2])) for each in names if each}

    assert {version(each) for each in ENGINE_VERSIONS} == {each for each in known if each >= OLDEST}


def test_the_default_is_one_that_the_tests_run_on() -> None:
    assert Settings().engine_version in ENGINES


@pytest.mark.parametrize("wrong", ["1.3", "2.9", "2.12", "3.2", "newest", "OpenSearch_3.5"])
def test_any_other_version_is_refused_with_those_that_there_are(wrong: str) -> None:
    with pytest.raises(SettingsError, match=r"one of 2\.11, 2\.13"):
        Settings(engine_version=wrong)
