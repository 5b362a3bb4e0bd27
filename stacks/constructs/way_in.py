"""How people reach the domain, and who is its master: the part of a domain that differs between the sign-ins."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_opensearchservice as opensearch

from stacks.constructs.saml import IdentityProvider


@dataclass(frozen=True, kw_only=True)
class WayIn:
    """Who gets to the domain beside the functions, whose own policies let them in.

    `people` are roles whose signed requests get in. `cidrs` are addresses whose requests get in unsigned.
    `network_is_closed` lets in whoever reaches the domain, unsigned, up to the domain's own sign-in: for a domain in a
    VPC only, whose security groups say who reaches it. Without any of these only the functions get in.

    `master` or `has_password` turns fine-grained access control on: the master is an IAM role, whose requests are
    signed, or a user with a password. With a role there is no password in the domain at all. `viewers`, `editors` and
    `administrators` are then those who get these rights in the domain: ARNs of IAM roles, or groups of people.
    """

    people: Sequence[iam.IRole] = ()
    cidrs: Sequence[str] = ()
    network_is_closed: bool = False
    cognito: opensearch.CognitoOptions | None = None
    saml: IdentityProvider | None = None
    saml_groups: str = ""
    master: iam.IRole | None = None
    has_password: bool = False
    viewers: Sequence[str] = ()
    editors: Sequence[str] = ()
    administrators: Sequence[str] = ()

    def policy(self, domain_arn: str) -> dict[str, Any]:
        """Return the domain's access policy. It is never empty: an update that leaves it out may keep the old one."""
        # Dashboards has no common prefix of paths; what a person may do there, roles in the domain say.
        statement: dict[str, Any] = {"Effect": "Allow", "Action": "es:ESHttp*", "Resource": f"{domain_arn}/*"}
        if self.people:
            statement["Principal"] = {"AWS": [role.role_arn for role in self.people]}
        elif self.cidrs:
            # Everyone, but only from these addresses: such a browser does not sign its requests.
            statement["Principal"] = {"AWS": "*"}
            statement["Condition"] = {"IpAddress": {"aws:SourceIp": list(self.cidrs)}}
        elif self.network_is_closed:
            # A password, or what an identity provider says, is no signature; the security groups are the limit.
            statement["Principal"] = {"AWS": "*"}
        else:
            # Gives nobody anything: each identity of the account needs a policy of its own.
            statement["Principal"] = {"AWS": f"arn:{Aws.PARTITION}:iam::{Aws.ACCOUNT_ID}:root"}
        return {"Version": "2012-10-17", "Statement": [statement]}

    def saml_options(self) -> opensearch.SAMLOptionsProperty | None:
        """Return what the domain needs to know of the identity provider, if there is one."""
        if not self.saml:
            return None
        return opensearch.SAMLOptionsProperty(
            idp_entity_id=self.saml.entity_id,
            idp_metadata_content=self.saml.metadata,
            roles_key=self.saml_groups,
            # A working day, so that a page that stays open goes on.
            session_timeout_minutes=480,
        )
