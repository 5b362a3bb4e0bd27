"""Sign-in with Amazon Cognito: people who are invited by e-mail, and the IAM roles that they get."""

from aws_cdk import CustomResource, Duration, RemovalPolicies, RemovalPolicy
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_opensearchservice as opensearch
from constructs import Construct

from stacks.constructs.functions import FunctionFactory, provider

COGNITO = "cognito-identity.amazonaws.com"
VIEWERS, EDITORS = "viewers", "editors"
"""The groups of people; `predmon people` puts each person into one of them."""
WAIT_SECONDS = 300
"""How long the deployment waits for the app client, which the search service makes by itself."""
INVITATION = (
    "You may open the predictions' dashboard. Open the link that you got from the person who invited you, and sign in "
    "as {username} with this password, which works once: {####}"
)


class SignIn(Construct):
    """A user pool and an identity pool: a person signs in to the one, and gets an IAM role from the other.

    Nobody can sign up: people are invited (`predmon people add`). Without `groups` every person gets the role
    `people[0]`. With them, a person gets the role of their group, `viewers` or `editors`, and somebody without a
    group gets none: that takes a `GroupMapping`. With `retain` all of it outlives the stack, as the domain does.

    The address of the sign-in page starts with `prefix`, which nobody else in the region may have taken. Up to 10,000
    people cost nothing.
    """

    def __init__(self, scope: Construct, construct_id: str, *, prefix: str, groups: bool, retain: bool) -> None:
        super().__init__(scope, construct_id)
        self.user_pool = self._user_pool(prefix)
        self.identity_pool = cognito.CfnIdentityPool(self, "Identities", allow_unauthenticated_identities=False)
        self.everyone = self._role("Everyone", "Everyone who signs in, where there are no groups")
        self.people: list[iam.IRole] = [self.everyone]
        """The roles whose signed requests the domain has to let in."""
        self.viewers: list[str] = []
        self.editors: list[str] = []
        """The ARNs of those of them that may look, and of those that may also edit; empty without groups."""
        if groups:
            looking = self._group(VIEWERS, "People who look", precedence=2)
            editing = self._group(EDITORS, "People who also edit dashboards", precedence=1)
            self.people, self.viewers, self.editors = [looking, editing], [looking.role_arn], [editing.role_arn]
        cognito.CfnIdentityPoolRoleAttachment(
            self, "Roles", identity_pool_id=self.identity_pool.ref, roles={"authenticated": self.everyone.role_arn}
        )
        service_role = iam.Role(
            self,
            "Service",
            assumed_by=iam.ServicePrincipal("opensearchservice.amazonaws.com"),
            description="Lets the search service put Cognito's sign-in before Dashboards",
            managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name("AmazonOpenSearchServiceCognitoAccess")],
        )
        self.options = opensearch.CognitoOptions(
            identity_pool_id=self.identity_pool.ref, user_pool_id=self.user_pool.user_pool_id, role=service_role
        )
        RemovalPolicies.of(self).apply(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE if retain else RemovalPolicy.DESTROY)

    @property
    def has_groups(self) -> bool:
        """Whether what a person may do depends on their group."""
        return bool(self.viewers)

    def _user_pool(self, prefix: str) -> cognito.UserPool:
        pool = cognito.UserPool(
            self,
            "People",
            self_sign_up_enabled=False,
            sign_in_aliases=cognito.SignInAliases(email=True),
            sign_in_case_sensitive=False,
            account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
            mfa=cognito.Mfa.OPTIONAL,
            mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False),
            password_policy=cognito.PasswordPolicy(
                min_length=12,
                require_digits=True,
                require_lowercase=True,
                require_uppercase=True,
                require_symbols=True,
                temp_password_validity=Duration.days(7),
            ),
            feature_plan=cognito.FeaturePlan.ESSENTIALS,
            user_invitation=cognito.UserInvitationConfig(
                email_subject="The predictions' dashboard: your invitation", email_body=INVITATION
            ),
        )
        pool.add_domain("Page", cognito_domain=cognito.CognitoDomainOptions(domain_prefix=prefix))
        return pool

    def _group(self, name: str, description: str, *, precedence: int) -> iam.Role:
        """Make a group with a role of its own; who is in two groups gets the role of the lower precedence."""
        role = self._role(name.title(), description)
        cognito.CfnUserPoolGroup(
            self,
            f"{name.title()}Group",
            user_pool_id=self.user_pool.user_pool_id,
            group_name=name,
            description=description,
            precedence=precedence,
            role_arn=role.role_arn,
        )
        return role

    def _role(self, name: str, description: str) -> iam.Role:
        """Make a role without a policy: the domain's own policy says what it may do there, and nowhere else."""
        conditions = {
            "StringEquals": {f"{COGNITO}:aud": self.identity_pool.ref},
            "ForAnyValue:StringLike": {f"{COGNITO}:amr": "authenticated"},
        }
        principal = iam.FederatedPrincipal(COGNITO, conditions, "sts:AssumeRoleWithWebIdentity")
        return iam.Role(self, name, assumed_by=principal, description=description)


class GroupMapping(Construct):
    """Gives each person the role of their group, as soon as the search service has made its app client.

    The mapping must name that client, which the service makes after the domain; so a function waits for it and writes
    the mapping. It runs outside every VPC: it calls Cognito, and never the domain.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        sign_in: SignIn,
        domain_name: str,
        domain_arn: str,
        code: lambda_.Code,
        functions: FunctionFactory,
    ) -> None:
        """`code` is the importer's asset. `domain_arn` makes it come after the domain, and anew for another."""
        super().__init__(scope, construct_id)
        self.function = functions.make(
            self,
            "Function",
            code=code,
            handler="dashboards.importer.groups.handler",
            memory_size=256,
            timeout=Duration.seconds(WAIT_SECONDS + 60),
            description="Gives the people of each group their role",
        )
        self._grant(sign_in)
        made = provider(self, self.function, functions.log_retention)
        mapping = CustomResource(
            self,
            "Mapping",
            service_token=made.service_token,
            resource_type="Custom::GroupMapping",
            properties={
                "UserPoolId": sign_in.user_pool.user_pool_id,
                "IdentityPoolId": sign_in.identity_pool.ref,
                "AuthenticatedRoleArn": sign_in.everyone.role_arn,
                "DomainName": domain_name,
                "DomainArn": domain_arn,
                "WaitSeconds": WAIT_SECONDS,
            },
        )
        # The attachment of roles would overwrite the mapping if it came later.
        mapping.node.add_dependency(sign_in)

    def _grant(self, sign_in: SignIn) -> None:
        stack = sign_in.user_pool.stack
        pool = stack.format_arn(
            service="cognito-identity", resource="identitypool", resource_name=sign_in.identity_pool.ref
        )
        for actions, resource in (
            (["cognito-idp:ListUserPoolClients"], sign_in.user_pool.user_pool_arn),
            (["cognito-identity:GetIdentityPoolRoles"], pool),
            # AWS's list of actions gives this one no resource: with a pool's ARN it may be refused.
            (["cognito-identity:SetIdentityPoolRoles"], "*"),
            # Cognito asks for it where roles are written that it hands out; it is the role that is there already.
            (["iam:PassRole"], sign_in.everyone.role_arn),
        ):
            self.function.add_to_role_policy(iam.PolicyStatement(actions=actions, resources=[resource]))
