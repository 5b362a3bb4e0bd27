"""The CDK app: settings from context, one stack; and the role of a pipeline that deploys it."""

import os
import sys

import aws_cdk as cdk

from stacks.deployment_role import DeploymentRole
from stacks.parsing import SettingsError
from stacks.prediction_monitoring import PredictionMonitoring
from stacks.settings import Settings

app = cdk.App()
try:
    settings = Settings.from_context(app.node.get_all_context())
except SettingsError as error:
    sys.exit(f"error: {error}")
env = cdk.Environment(account=os.environ.get("CDK_DEFAULT_ACCOUNT"), region=os.environ.get("CDK_DEFAULT_REGION"))
PredictionMonitoring(app, "PredictionMonitoring", settings=settings, env=env)
if settings.github_repository:
    DeploymentRole(
        app,
        "PredictionMonitoringDeployment",
        repository=settings.github_repository,
        makes_provider=settings.github_provider,
        env=env,
    )
app.synth()
