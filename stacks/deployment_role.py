"""The roles with which a GitHub repository's workflows deploy, without a stored key: `-c github_repository=`."""

from typing import Any

from aws_cdk import CfnOutput, DefaultStackSynthesizer, Duration, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from stacks import STACK

ISSUER = "token.actions.githubusercontent.com"
ENVIRONMENT = "production"
"""The GitHub environment whose approval gates a deployment; .github/workflows/deploy.yml names it too."""
LOOKS = (
    "cloudwatch:ListDashboards",
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeVpcs",
    "es:DescribeInstanceTypeLimits",
    "es:ListInstanceTypeDetails",
    "lambda:GetAccountSettings",
    "logs:DescribeAccountPolicies",
    "logs:DescribeLogGroups",
)
"""The lists of an account among what `predmon deploy` looks at before it deploys (`predmon doctor`). None is data."""
OWN_LOOKS = (
    "es:DescribeDomain",
    "es:GetCompatibleVersions",
    "iam:GetRole",
    "lambda:GetFunctionConcurrency",
    "logs:DescribeSubscriptionFilters",
)
"""What else it looks at, each at the deployment's own resources. A test compares both lists with its requests."""
LINKED_ROLE = "aws-service-role/opensearchservice.amazonaws.com/AWSServiceRoleForAmazonOpenSearchService"


class DeploymentRole(Stack):
    """Two roles for `repository` (owner/name): one that deploys, from its gated environment; one that only compares.

    The first may take on the roles that `cdk bootstrap` made to deploy and to publish assets, and look at what the
    checks before a deployment look at. The second reads the deployed template, for pull requests. Neither may take on
    the bootstrap's lookup role, which reads everything in the account; the app looks nothing up, and the CDK does
    without. A pull request from a fork gets no token. An account has one identity provider for GitHub:
    `makes_provider` is false if it is there already.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        repository: str,
        repository_ids: str,
        stack: str,
        domain_name: str,
        shipper_role_name: str,
        makes_provider: bool,
        **kwargs: Any,
    ) -> None:
        """`repository_ids` are the numbers of owner and repository, `owner/repository`; empty where tokens lack them.

        `stack` is the name of the stack that the roles are for, `domain_name` that of its domain, and
        `shipper_role_name` that of its shipper's role, empty if it has none that a person chose.
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

        stack_arn = self._arn("cloudformation", f"stack/{stack}/*")
        _allow(comparing, "cloudformation:DescribeStacks", "cloudformation:GetTemplate", resources=[stack_arn])
        _allow(deploying, "cloudformation:DescribeStacks", "cloudformation:GetTemplate", resources=[stack_arn])
        # Whether it would move the domain that is there.
        _allow(deploying, "cloudformation:ListStackResources", resources=[stack_arn])
        self._allow_deployment(deploying)
        self._allow_looks(deploying, domain_name, shipper_role_name)
        CfnOutput(self, "DeployRoleArn", value=deploying.role_arn)
        CfnOutput(self, "CompareRoleArn", value=comparing.role_arn)

    def _allow_deployment(self, role: iam.Role) -> None:
        qualifier = self.node.try_get_context("@aws-cdk/core:bootstrapQualifier")
        qualifier = qualifier or DefaultStackSynthesizer.DEFAULT_QUALIFIER
        names = [f"cdk-{qualifier}-{each}-role-{self.account}-{self.region}" for each in ("deploy", "file-publishing")]
        _allow(role, "sts:AssumeRole", resources=[self._role_arn(name) for name in names])
        _allow(role, "ssm:GetParameter", resources=[self._arn("ssm", f"parameter/cdk-bootstrap/{qualifier}/version")])

    def _allow_looks(self, role: iam.Role, domain_name: str, shipper_role_name: str) -> None:
        """Let `role` look at what the checks before a deployment look at."""
        domain = self._arn("es", f"domain/{domain_name}")
        _allow(role, "es:DescribeDomain", "es:GetCompatibleVersions", resources=[domain])
        names = [LINKED_ROLE, *([shipper_role_name] if shipper_role_name else [])]
        _allow(role, "iam:GetRole", resources=[self._role_arn(name) for name in names])
        # A function's name begins with the first characters of the stack's.
        function = self._arn("lambda", f"function:{STACK}*")
        _allow(role, "lambda:GetFunctionConcurrency", resources=[function])
        # The groups that are attached, and those that somebody wants to attach next.
        groups = self._arn("logs", "log-group:*")
        _allow(role, "logs:DescribeSubscriptionFilters", resources=[groups])
        _allow(role, *LOOKS, resources=["*"])  # lists of an account, which take no narrower resource

    def _arn(self, service: str, resource: str) -> str:
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    def _role_arn(self, name: str) -> str:
        return f"arn:{self.partition}:iam::{self.account}:role/{name}"

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
