"""The project's own log groups: known by their names, in every deployment, account and emulator."""

import pytest

from contracts.own_groups import is_own, makes_loop

SHIPPER = "PredictionMonitoring-ShipperLogsC5150F11-Ab3dEfGh1jKl"


@pytest.mark.parametrize(
    "name",
    [
        SHIPPER,
        "PredictionMonitoring-reviews-ShipperLogsC5150F11-Ab3dEfGh1jKl",
        "PredictionMonitoring-eu-2-DriftLogsBBEDFA1D-Ab3dEfGh1jKl",
        "PredictionMonitoring-DashboardsProviderLogs8723A512-Ab3dEfGh1jKl",
        "/aws/lambda/PredictionMonitoring-ShipperFunction7E102B5C-Ab3dEfGh1jKl",
        "/aws/cloudformation/PredictionMonitoring/QualityLogs85D984F1",
        "/aws/cloudformation/PredictionMonitoring-reviews/ShipperReplayLogs444B16C1",
        f"/central/210987654321/eu-west-1/{SHIPPER}",
    ],
)
def test_what_a_function_of_the_project_writes_would_make_a_loop(name: str) -> None:
    assert is_own(name)
    assert makes_loop(name)


def test_the_example_models_group_is_the_projects_own_and_makes_no_loop() -> None:
    name = "PredictionMonitoring-InferenceLogsC1F7CC05-Ab3dEfGh1jKl"

    assert is_own(name)
    assert not makes_loop(name)


@pytest.mark.parametrize(
    "name",
    [
        "/aws/lambda/ml-reviews",
        "/aws/lambda/PredictionMonitoring-scorer",
        "/aws/lambda/PredictionMonitoring-Scorer",
        "/aws/lambda/OurPredictionMonitoring-ShipperLogsC5150F11-x",
        "PredictionMonitoring",
        "/prediction/PredictionMonitoringDeployment-x",
    ],
)
def test_a_group_of_a_function_of_somebody_else_is_not(name: str) -> None:
    assert not is_own(name)
