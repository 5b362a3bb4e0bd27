"""The roles with which a GitHub repository's workflows deploy, without a stored key: `-c github_repository=`."""

from typing import Any

from aws_cdk import CfnOutput, DefaultStackSynthesizer, Duration, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

ISSUER = "token.actions.githubusercontent.com"
ENVIRONMENT = "production"
"""The GitHub environment whose approval gates a deployment; .github/workflows/deploy.yml names it too."""
LOOKS = (
    "cloudwatch:ListDashboards",
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeVpcs",
    "es:DescribeDomain",
    "es:DescribeInstanceTypeLimits",
    "es:GetCompatibleVersions",
    "es:ListInstanceTypeDetails",
    "iam:GetRole",
    "lambda:GetAccountSettings",
    "lambda:GetFunctionConcurrency",
    "logs:DescribeLogGroups",
    "logs:DescribeSubscriptionFilters",
)
"""What `predmon deploy` looks at before it deploys (`predmon doctor`): none of it is data."""


class DeploymentRole(Stack):
    """Two roles for `repository` (owner/name): one that deploys, from its gated environment; one that only compares.

    The first may take on the roles that `cdk bootstrap` made to deploy, to publish assets and to look things up, and
    look at what the checks before a deployment look at. The second reads the deployed template, for pull requests. It
    may not take on any role: the bootstrap's lookup role reads everything in the account. A pull request from a fork
    gets no token. An account has one identity provider for GitHub: `makes_provider` is false if it is there already.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        repository: str,
        repository_ids: str,
        stack: str,
        makes_provider: bool,
        **kwargs: Any,
    ) -> None:
        """`repository_ids` are the numbers of owner and repository, `owner/repository`; empty where tokens lack them.

        `stack` is the name of the stack that the roles are for.
        """
        super().__init__(scope, construct_id, description=f"Lets {repository} deploy {stack}", **kwargs)
        self._provider = f"arn:{self.partition}:iam::{self.account}:oidc-provider/{ISSUER}"
        self._audience = f"sts.{self.url_suffix}"
        if makes_provider:
            made = iam.OidcProviderNative(self, "GitHub", url=f"https://{ISSUER}", client_ids=[self._audience])
            self._provider = made.oidc_provider_arn
        names = _names(repository, repository_ids)
        deploying = self._role("Deploy", [f"repo:{each}:environment:{ENVIRONMENT}" for each in names], hours=2)
        comparing = self._role("Compare", [f"repo:{each}:pull_request" for each in names], hours=1)

        qualifier = self.node.try_get_context("@aws-cdk/core:bootstrapQualifier")
        qualifier = qualifier or DefaultStackSynthesizer.DEFAULT_QUALIFIER
        here = f"{self.region}:{self.account}"
        stack_arn = f"arn:{self.partition}:cloudformation:{here}:stack/{stack}/*"
        version_arn = f"arn:{self.partition}:ssm:{here}:parameter/cdk-bootstrap/{qualifier}/version"
        roles = [
            f"arn:{self.partition}:iam::{self.account}:role/cdk-{qualifier}-{each}-role-{self.account}-{self.region}"
            for each in ("deploy", "file-publishing", "lookup")
        ]
        _allow(deploying, "sts:AssumeRole", resources=roles)
        _allow(deploying, "ssm:GetParameter", resources=[version_arn])
        _allow(deploying, "cloudformation:DescribeStacks", "cloudformation:GetTemplate", resources=[stack_arn])
        # Whether it would move the domain that is there.
        _allow(deploying, "cloudformation:ListStackResources", resources=[stack_arn])
        _allow(deploying, *LOOKS, resources=["*"])  # lists of an account, which take no narrower resource
        _allow(comparing, "cloudformation:DescribeStacks", "cloudformation:GetTemplate", resources=[stack_arn])
        CfnOutput(self, "DeployRoleArn", value=deploying.role_arn)
        CfnOutput(self, "CompareRoleArn", value=comparing.role_arn)

    def _role(self, name: str, subjects: list[str], *, hours: int) -> iam.Role:
        conditions = {"StringEquals": {f"{ISSUER}:aud": self._audience, f"{ISSUER}:sub": subjects}}
        return iam.Role(
            self,
            name,
            assumed_by=iam.WebIdentityPrincipal(self._provider, conditions),
            description=f"For GitHub: {subjects[0]}",
            max_session_duration=Duration.hours(hours),
        )


def _names(repository: str, ids: str) -> list[str]:
    """Return the repository as GitHub's subject writes it: `owner/name`, and since July 2026 `owner@1/name@2`.

    Both, if the ids are known: whoever takes over an abandoned name gets a subject with other ids. Never a pattern: a
    pattern for the ids would also match other repositories.
    """
    if not ids:
        return [repository]
    owner, name = repository.split("/")
    owner_id, repository_id = ids.split("/")
    return [repository, f"{owner}@{owner_id}/{name}@{repository_id}"]


def _allow(role: iam.Role, *actions: str, resources: list[str]) -> None:
    role.add_to_policy(iam.PolicyStatement(actions=list(actions), resources=resources))
