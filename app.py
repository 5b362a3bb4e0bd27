"""The CDK app: settings from context, one stack."""

import os
import sys

import aws_cdk as cdk
from stacks.prediction_monitoring import PredictionMonitoring

from stacks.parsing import SettingsError
from stacks.settings import Settings

app = cdk.App()
try:
    settings = Settings.from_context(app.node.get_all_context())
except SettingsError as error:
    sys.exit(f"error: {error}")
PredictionMonitoring(
    app,
    "PredictionMonitoring",
    settings=settings,
    env=cdk.Environment(account=os.environ.get("CDK_DEFAULT_ACCOUNT"), region=os.environ.get("CDK_DEFAULT_REGION")),
)
app.synth()
