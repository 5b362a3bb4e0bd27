"""How people get in, composed from the settings: the sign-in that was chosen, and what the domain needs for it."""

from aws_cdk import Annotations, Aws, CfnOutput, Fn
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from stacks.constructs.dashboards import importer_role
from stacks.constructs.domain import SearchDomain
from stacks.constructs.functions import FunctionFactory
from stacks.constructs.saml import IdentityProvider, MetadataError, identity_provider
from stacks.constructs.sign_in import GroupMapping, SignIn
from stacks.constructs.way_in import WayIn
from stacks.settings import Settings, SettingsError

SAML_REPLY_PATH = "/_dashboards/_opendistro/_security/saml/acs"
"""Where Dashboards takes the identity provider's answer, for a sign-in that began at Dashboards."""


def open_ways(scope: Construct, s: Settings) -> tuple[SignIn | None, WayIn]:
    """Make the sign-in, if it is Cognito's, and say who gets into the domain.

    Raises:
        SettingsError: there is no metadata at `saml_metadata`.
    """
    sign_in = _sign_in(scope, s)
    return sign_in, _way_in(scope, s, sign_in)


def _sign_in(scope: Construct, s: Settings) -> SignIn | None:
    if s.sign_in != "cognito":
        return None
    prefix = s.sign_in_prefix or Fn.join("-", [s.domain_name, Aws.ACCOUNT_ID])
    made = SignIn(scope, "SignIn", prefix=prefix, groups=s.fine_grained_access, retain=s.retain_data)
    CfnOutput(scope, "UserPoolId", value=made.user_pool.user_pool_id)
    return made


def _way_in(scope: Construct, s: Settings, sign_in: SignIn | None) -> WayIn:
    if s.sign_in == "address" and not (s.allowed_cidrs or s.local):
        Annotations.of(scope).add_warning(
            "No browser may open the dashboards yet. Name your own address: -c allowed_cidrs=203.0.113.7/32"
        )
    if s.sign_in != "address":
        CfnOutput(scope, "SignInWith", value=s.sign_in)
    return WayIn(
        people=sign_in.people if sign_in else (),
        cognito=sign_in.options if sign_in else None,
        cidrs=s.allowed_cidrs,
        network_is_closed=s.in_vpc,
        saml=_identity_provider(s.saml_metadata) if s.saml_metadata else None,
        saml_groups=s.saml_groups,
        master=importer_role(scope, "Importer") if s.has_signing_master else None,
        has_password=s.sign_in == "password",
        viewers=[*(sign_in.viewers if sign_in else ()), *s.viewer_roles],
        editors=[*(sign_in.editors if sign_in else ()), *s.editor_roles],
        administrators=s.admin_roles,
    )


def finish(
    scope: Construct,
    s: Settings,
    domain: SearchDomain,
    sign_in: SignIn | None,
    code: lambda_.Code,
    functions: FunctionFactory,
) -> None:
    """Add what can only be there after the domain: the groups' roles, and what people have to know."""
    if sign_in:
        # The page needs its address and its roles before the service can put it before Dashboards.
        domain.domain.node.add_dependency(sign_in)
    if sign_in and sign_in.has_groups:
        GroupMapping(
            scope,
            "Groups",
            sign_in=sign_in,
            domain_name=s.domain_name,
            domain_arn=domain.domain.domain_arn,
            code=code,
            functions=functions,
        )
    if domain.master_secret:
        CfnOutput(scope, "MasterSecretArn", value=domain.master_secret.secret_arn)
    if s.sign_in == "saml":
        CfnOutput(scope, "SamlEntityId", value=domain.url)
        CfnOutput(scope, "SamlReplyUrl", value=f"{domain.url}{SAML_REPLY_PATH}")


def _identity_provider(source: str) -> IdentityProvider:
    try:
        return identity_provider(source)
    except MetadataError as error:
        raise SettingsError("saml_metadata", source, f"a file or address with SAML metadata: {error}") from error
