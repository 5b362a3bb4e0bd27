"""Several deployments in one account: nothing that has a name has it twice."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from checks.profiles import PROFILES, composed

NOT_A_NAME = {
    ("AWS::Logs::SubscriptionFilter", "LogGroupName"),  # there already, and nobody's own
    ("AWS::CloudWatch::Alarm", "MetricName"),  # below: with its namespace, where no dimension tells them apart
    ("AWS::IAM::Policy", "PolicyName"),  # inside a role
    ("AWS::Cognito::UserPoolGroup", "GroupName"),  # inside a user pool
}
Stacks = Mapping[str, Mapping[str, Any]]


def stacks(app: cdk.App) -> Stacks:
    """Return the templates of an app, by the names of the stacks."""
    found = [each for each in app.node.children if isinstance(each, cdk.Stack)]
    return {each.stack_name: Template.from_stack(each).to_json() for each in found}


def physical_names(templates: Stacks) -> Iterator[tuple[str, str]]:
    """Yield what a person would find in the account under a name that this project chose, as (kind, name)."""
    for stack, template in templates.items():
        yield "stack", stack
        for resource in template["Resources"].values():
            kind, properties = resource["Type"], resource.get("Properties", {})
            for key, value in properties.items():
                if key.endswith("Name") and isinstance(value, str) and (kind, key) not in NOT_A_NAME:
                    yield f"{kind}.{key}", value
            if kind == "AWS::CloudWatch::Alarm" and properties.get("Namespace") and not properties.get("Dimensions"):
                yield "metric", f"{properties['Namespace']}/{properties['MetricName']}"
        for output in template.get("Outputs", {}).values():
            if "Export" in output:
                yield "export", str(output["Export"]["Name"])


@pytest.mark.parametrize("profile", ["dev", "production", "company"])
def test_no_name_of_one_deployment_is_another_ones(profile: str) -> None:
    deployments: dict[str, Stacks] = {
        name: stacks(composed({**PROFILES[profile], **({"name": name} if name else {})}))
        for name in ("", "reviews", "team-b")
    }

    names = [each for templates in deployments.values() for each in physical_names(templates)]

    assert ("stack", "PredictionMonitoring-reviews") in names
    assert ("AWS::OpenSearchService::Domain.DomainName", "reviews-cluster") in names
    assert sorted({each for each in names if names.count(each) > 1}) == []


def test_the_deployment_without_a_name_is_called_as_ever(
    templates: Callable[[str], Mapping[str, Template]],
) -> None:
    names = set(physical_names({name: each.to_json() for name, each in templates("dev").items()}))

    assert names >= {
        ("stack", "PredictionMonitoring"),
        ("AWS::OpenSearchService::Domain.DomainName", "mlops-cluster"),
        ("AWS::IAM::Role.RoleName", "mlops-cluster-role"),
        ("metric", "PredictionMonitoring/DriftSeverity"),
    }


def test_the_roles_of_a_pipeline_are_for_its_own_deployment() -> None:
    made = stacks(composed({**PROFILES["company"], "name": "reviews"}))

    assert set(made) == {"PredictionMonitoring-reviews", "PredictionMonitoringDeployment-reviews"}
    assert "stack/PredictionMonitoring-reviews/*" in str(made["PredictionMonitoringDeployment-reviews"])
    assert "stack/PredictionMonitoring/*" not in str(made["PredictionMonitoringDeployment-reviews"])


def test_the_functions_that_put_metrics_do_so_under_their_own_deployment() -> None:
    (template,) = stacks(composed({**PROFILES["dev"], "name": "reviews"})).values()

    namespaces = [
        each["Properties"]["Environment"]["Variables"]["NAMESPACE"]
        for each in template["Resources"].values()
        if "NAMESPACE" in each.get("Properties", {}).get("Environment", {}).get("Variables", {})
    ]

    assert set(namespaces) == {"PredictionMonitoring-reviews"}
    assert "'cloudwatch:namespace': 'PredictionMonitoring-reviews'" in str(template)
