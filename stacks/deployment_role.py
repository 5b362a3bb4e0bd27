"""The roles with which a GitHub repository's workflows deploy, without a stored key: `-c github_repository=`."""

from typing import Any

from aws_cdk import CfnOutput, DefaultStackSynthesizer, Duration, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks import STACK

ISSUER = "token.actions.githubusercontent.com"
ENVIRONMENT = "production"
"""The GitHub environment whose approval gates a deployment; .github/workflows/deploy.yml names it too."""
QUALIFIER = DefaultStackSynthesizer.DEFAULT_QUALIFIER


class DeploymentRole(Stack):
    """Two roles for `repository` (owner/name): one that deploys, from its gated environment; one that only compares.

    Neither may do anything itself. They may take on the roles that `cdk bootstrap` made: to deploy, those for
    deploying and publishing assets; to compare, the one that looks things up. A pull request from a fork gets no token.
    An account has one identity provider for GitHub: `makes_provider` is false where it is there already.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, repository: str, makes_provider: bool, **kwargs: Any
    ) -> None:
        super().__init__(scope, construct_id, description=f"Lets {repository} deploy prediction monitoring", **kwargs)
        self._provider = f"arn:{self.partition}:iam::{self.account}:oidc-provider/{ISSUER}"
        if makes_provider:
            made = iam.OidcProviderNative(self, "GitHub", url=f"https://{ISSUER}", client_ids=["sts.amazonaws.com"])
            self._provider = made.oidc_provider_arn
        deploying = self._role(
            "Deploy", f"repo:{repository}:environment:{ENVIRONMENT}", ["deploy", "file-publishing", "lookup"]
        )
        comparing = self._role("Compare", f"repo:{repository}:pull_request", ["lookup"])
        # What `predmon deploy` reads itself: whether the CDK is at home here, and the stack's outputs.
        here = f"{self.region}:{self.account}"
        for action, resource in (
            ("ssm:GetParameter", f"arn:{self.partition}:ssm:{here}:parameter/cdk-bootstrap/{QUALIFIER}/version"),
            ("cloudformation:DescribeStacks", f"arn:{self.partition}:cloudformation:{here}:stack/{STACK}/*"),
            # Whether it would move the domain that is there.
            ("cloudformation:ListStackResources", f"arn:{self.partition}:cloudformation:{here}:stack/{STACK}/*"),
            ("es:DescribeDomain", f"arn:{self.partition}:es:{here}:domain/*"),
        ):
            deploying.add_to_policy(iam.PolicyStatement(actions=[action], resources=[resource]))
        CfnOutput(self, "DeployRoleArn", value=deploying.role_arn)
        CfnOutput(self, "CompareRoleArn", value=comparing.role_arn)

    def _role(self, name: str, subject: str, bootstrap_roles: list[str]) -> iam.Role:
        made = iam.Role(
            self,
            name,
            assumed_by=iam.WebIdentityPrincipal(
                self._provider,
                {"StringEquals": {f"{ISSUER}:aud": "sts.amazonaws.com", f"{ISSUER}:sub": subject}},
            ),
            description=f"For GitHub: {subject}",
            max_session_duration=Duration.hours(2 if name == "Deploy" else 1),
        )
        made.add_to_policy(
            iam.PolicyStatement(
                actions=["sts:AssumeRole"],
                resources=[
                    f"arn:{self.partition}:iam::{self.account}:role/cdk-{QUALIFIER}-{each}-role-{self.account}-{self.region}"
                    for each in bootstrap_roles
                ],
            )
        )
        return made
