"""The dashboards construct: when it imports, what it passes to the importer, and what it does not touch."""

from pathlib import Path

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Match, Template

from dashboards.importer.config import Config
from stacks.constructs.dashboards import DashboardsImport, saved_objects_hash
from tests.synth.conftest import FUNCTIONS
from tests.synth.reading import as_list

CONFIG = Config(
    opensearch_url="https://search.example",
    dashboards_url="https://search.example/_dashboards",
    opensearch_auth="sigv4",
)


@pytest.fixture(scope="module")
def template() -> Template:
    stack = Stack(App(), "Test")
    DashboardsImport(
        stack,
        "Dashboards",
        config=CONFIG,
        code=lambda_.Code.from_inline("unused"),
        functions=FUNCTIONS,
        index_templates={"cwl": "{}"},
        saved_objects_hash="abc",
    )
    return Template.from_stack(stack)


def test_the_objects_and_the_templates_are_part_of_the_resource_so_that_a_change_imports_again(
    template: Template,
) -> None:
    template.has_resource_properties(
        "Custom::DashboardsImport", {"IndexTemplates": {"cwl": "{}"}, "SavedObjectsHash": "abc"}
    )


def test_the_function_reads_the_configuration_that_the_construct_wrote(template: Template) -> None:
    template.has_resource_properties(
        "AWS::Lambda::Function",
        {"Handler": "dashboards.importer.handler.handler", "Environment": {"Variables": CONFIG.to_env()}},
    )


def test_the_function_outlives_the_wait_for_a_new_domain(template: Template) -> None:
    template.has_resource_properties(
        "AWS::Lambda::Function",
        {"Handler": "dashboards.importer.handler.handler", "Timeout": CONFIG.ready_timeout_seconds + 180},
    )
    assert CONFIG.ready_timeout_seconds + 180 <= 900


def test_its_logs_have_a_retention_time(template: Template) -> None:
    groups = template.find_resources("AWS::Logs::LogGroup").values()

    assert [each["Properties"]["RetentionInDays"] for each in groups] == [7, 7]


def test_the_construct_has_no_permission_that_the_stack_does_not_grant(template: Template) -> None:
    roles = template.find_resources("AWS::IAM::Policy", Match.object_like({}))

    actions = [
        action
        for role in roles.values()
        for statement in role["Properties"]["PolicyDocument"]["Statement"]
        for action in as_list(statement["Action"])
    ]
    own_log = {"logs:CreateLogStream", "logs:PutLogEvents"}
    assert set(actions) <= own_log | {"lambda:InvokeFunction", "lambda:GetFunction"}


def test_the_hash_changes_only_when_a_byte_changes(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[]")
    before = saved_objects_hash(tmp_path)

    (tmp_path / "README").write_text("not a saved object")
    assert saved_objects_hash(tmp_path) == before
    (tmp_path / "a.json").write_text("[] ")
    assert saved_objects_hash(tmp_path) != before
