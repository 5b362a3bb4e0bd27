"""A small CDK app for the emulator: sign-in with Cognito and groups, without a domain."""

import sys

import aws_cdk as cdk
from aws_cdk import aws_logs as logs

from stacks.constructs.bundling import Platform
from stacks.constructs.dashboards import importer_code
from stacks.constructs.functions import FunctionFactory
from stacks.constructs.sign_in import GroupMapping, SignIn

app = cdk.App()
stack = cdk.Stack(app, "SignIn")
platform = Platform("host")
sign_in = SignIn(stack, "SignIn", prefix="people-of-a-test", groups=True, retain=False)
GroupMapping(
    stack,
    "Groups",
    sign_in=sign_in,
    domain_name="mlops-cluster",
    domain_arn="arn:aws:es:eu-central-1:000000000000:domain/mlops-cluster",
    code=importer_code(platform),
    functions=FunctionFactory(architecture=platform.lambda_architecture, log_retention=logs.RetentionDays.ONE_DAY),
)
cdk.CfnOutput(stack, "UserPool", value=sign_in.user_pool.user_pool_id)
cdk.CfnOutput(stack, "IdentityPool", value=sign_in.identity_pool.ref)
sys.exit(0 if app.synth() else 1)
