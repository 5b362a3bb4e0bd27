"""Checks of the settings that say who gets in: whether the sign-in, the network and the roles go together."""

import re
from collections.abc import Callable

from stacks.settings.choices import Choices
from stacks.settings.parsing import SettingsError

RESERVED = ("amazon", "aws", "cognito")
"""Words that the address of Cognito's sign-in page may not contain."""


def _check_roles_in_the_domain(s: Choices) -> None:
    if s.fine_grained_access and s.sign_in == "address":
        wanted = "sign_in=cognito beside it (or saml, or password in a VPC): a domain with roles must know who asks"
        raise SettingsError("fine_grained_access", True, wanted)
    if not s.fine_grained_access and s.sign_in in ("saml", "password"):
        raise SettingsError("sign_in", s.sign_in, "fine_grained_access=true beside it, which this sign-in is a part of")
    kinds = (("viewer_roles", s.viewer_roles), ("editor_roles", s.editor_roles), ("admin_roles", s.admin_roles))
    for name, roles in kinds:
        if roles and not s.fine_grained_access:
            raise SettingsError(name, ",".join(roles), "fine_grained_access=true beside it")
        for role in roles:
            if ":assumed-role/" in role:
                raise SettingsError(name, role, "the role's own ARN, such as arn:aws:iam::123456789012:role/name")
            if role == "*":
                raise SettingsError(name, role, "the roles that you mean: this one is everybody who can sign")


def _check_way_in(s: Choices) -> None:
    if s.sign_in == "address" and s.in_vpc:
        wanted = "sign_in=cognito beside the VPC (or saml, or password): a domain in a VPC takes no addresses"
        raise SettingsError("sign_in", s.sign_in, wanted)
    if s.sign_in == "password" and not s.in_vpc:
        wanted = (
            "vpc=new, or vpc_id and subnet_ids, beside it: a password is no signature, so the page must not be "
            "reached by the whole internet. Or sign_in=cognito, which needs no VPC"
        )
        raise SettingsError("sign_in", s.sign_in, wanted)
    if s.sign_in == "saml" and not s.in_vpc and not s.allowed_cidrs:
        wanted = (
            "allowed_cidrs with your company's addresses beside it, or a VPC: with SAML the browser's requests are "
            "not signed, so the page must not be reached by the whole internet"
        )
        raise SettingsError("sign_in", s.sign_in, wanted)
    if s.sign_in == "cognito" and s.allowed_cidrs:
        wanted = "nothing: with sign_in=cognito the sign-in says who gets in, from everywhere. Or sign_in=address"
        raise SettingsError("allowed_cidrs", ",".join(s.allowed_cidrs), wanted)


def _check_sign_in_page(s: Choices) -> None:
    if s.sign_in_prefix and s.sign_in != "cognito":
        raise SettingsError("sign_in_prefix", s.sign_in_prefix, "sign_in=cognito beside it")
    if s.sign_in_prefix and not re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", s.sign_in_prefix):
        raise SettingsError("sign_in_prefix", s.sign_in_prefix, "1 to 63 of a-z 0-9 -, such as predictions-example-com")
    prefix = s.sign_in_prefix or s.domain_name
    if s.sign_in == "cognito" and (word := next((each for each in RESERVED if each in prefix), None)):
        wanted = f"a prefix of your own, such as predictions-example-com: Cognito takes none with {word} in it"
        raise SettingsError("sign_in_prefix", prefix, wanted)


def _check_identity_provider(s: Choices) -> None:
    if s.saml_metadata and s.sign_in != "saml":
        raise SettingsError("saml_metadata", s.saml_metadata, "sign_in=saml beside it")
    if s.saml_metadata.startswith("http://"):
        raise SettingsError("saml_metadata", s.saml_metadata, "an https address: these are the keys that let people in")


SIGN_IN_CHECKS: tuple[Callable[[Choices], None], ...] = (
    _check_roles_in_the_domain,
    _check_way_in,
    _check_sign_in_page,
    _check_identity_provider,
)
