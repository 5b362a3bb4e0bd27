"""Settings of access: what is possible, what is refused, and what a refusal tells you to write."""

import dataclasses

import pytest

from checks.profiles import SIGN_IN
from stacks.settings import Settings
from stacks.settings.parsing import SettingsError

FIELDS = dataclasses.fields(Settings)
RANGES = {each.name: each.metadata["bounds"] for each in FIELDS if each.metadata["bounds"]}
CHOICES = {each.name: each.metadata["choices"] for each in FIELDS if each.metadata["choices"]}
PRODUCTION = {"profile": "production"}
THREE_SUBNETS = "subnet-0123456789abcdef0,subnet-0123456789abcdef1,subnet-0123456789abcdef2"
EXISTING = {**PRODUCTION, "vpc": "vpc-0123456789abcdef0", "subnet_ids": THREE_SUBNETS}
KEY = "arn:aws:kms:eu-central-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"
ROLE = "arn:aws:iam::123456789012:role/data-science"


def test_production_signs_people_in_with_cognito_and_needs_no_vpc() -> None:
    settings = Settings.from_context(PRODUCTION)

    assert (settings.sign_in, settings.fine_grained_access) == ("cognito", True)
    assert not settings.in_vpc


@pytest.mark.parametrize("sign_in", ["cognito", "saml", "password"])
def test_production_moves_into_a_vpc_by_one_setting_with_each_sign_in(sign_in: str) -> None:
    settings = Settings.from_context({**PRODUCTION, "sign_in": sign_in, "vpc": "new"})

    assert settings.in_vpc


@pytest.mark.parametrize("name", SIGN_IN)
def test_every_sign_in_is_possible_in_production_too(name: str) -> None:
    zones = {"subnet_ids": THREE_SUBNETS} if "subnet_ids" in SIGN_IN[name] else {}
    small = {"sign_in": "address", "fine_grained_access": "false"}

    assert Settings.from_context({**PRODUCTION, **small, **SIGN_IN[name], **zones})


def test_an_existing_vpc_is_used_instead_of_a_new_one() -> None:
    settings = Settings.from_context(EXISTING)

    assert settings.vpc_id == "vpc-0123456789abcdef0"
    assert settings.in_vpc
    assert len(settings.subnet_ids) == 3


def test_production_may_do_without_sign_in_and_be_reached_from_named_addresses() -> None:
    settings = Settings.from_context(
        {**PRODUCTION, "sign_in": "address", "fine_grained_access": "false", "allowed_cidrs": "203.0.113.7/32"}
    )

    assert not settings.in_vpc


@pytest.mark.parametrize("key", [KEY, "arn:aws:kms:us-east-1:123456789012:key/mrk-0123456789abcdef0123456789abcdef"])
def test_a_customer_key_is_named_by_its_arn(key: str) -> None:
    assert Settings.from_context({"kms_key_arn": key}).kms_key_arn == key


@pytest.mark.parametrize("name", RANGES)
@pytest.mark.parametrize("side", [0, 1], ids=["below", "above"])
def test_a_number_out_of_its_range_is_refused_with_the_range(name: str, side: int) -> None:
    low, high = RANGES[name]
    outside = low - 1 if side == 0 else high + 1

    with pytest.raises(SettingsError, match=f"{name}={outside} .*from {low} to {high}"):
        Settings.from_context({name: outside})


@pytest.mark.parametrize("name", CHOICES)
def test_an_unknown_choice_is_refused_with_the_known_choices(name: str) -> None:
    unheard_of = 17 if isinstance(CHOICES[name][0], int) else "unheard-of"

    with pytest.raises(SettingsError, match=f"{name}=.*one of {CHOICES[name][0]}"):
        Settings.from_context({name: unheard_of})


@pytest.mark.parametrize(
    ("context", "name", "advice"),
    [
        ({"fine_grained_access": "true"}, "fine_grained_access", "sign_in=cognito beside it"),
        ({**PRODUCTION, "sign_in": "address"}, "fine_grained_access", "must know who asks"),
        ({"sign_in": "saml", "allowed_cidrs": "203.0.113.7/32"}, "sign_in", "fine_grained_access=true beside it"),
        ({"sign_in": "password", "vpc": "new"}, "sign_in", "fine_grained_access=true beside it"),
        ({**PRODUCTION, "sign_in": "password"}, "sign_in", "Or sign_in=cognito, which needs no VPC"),
        ({**PRODUCTION, "sign_in": "saml"}, "sign_in", "allowed_cidrs with your company's addresses"),
        ({"vpc": "new"}, "sign_in", "sign_in=cognito beside the VPC"),
        ({**PRODUCTION, "allowed_cidrs": "203.0.113.7/32"}, "allowed_cidrs", "Or sign_in=address"),
        ({**PRODUCTION, "vpc": "new", "allowed_cidrs": "203.0.113.7/32"}, "allowed_cidrs", "security groups say who"),
        ({"sign_in": "cognito", "domain_name": "my-aws-models"}, "sign_in_prefix", "none with aws in it"),
        ({"sign_in": "cognito", "sign_in_prefix": "my-cognito"}, "sign_in_prefix", "none with cognito in it"),
        ({"sign_in": "cognito", "sign_in_prefix": "-ends-"}, "sign_in_prefix", "1 to 63 of a-z 0-9 -"),
        ({"sign_in_prefix": "predictions"}, "sign_in_prefix", "sign_in=cognito beside it"),
        ({"saml_metadata": "metadata.xml"}, "saml_metadata", "sign_in=saml beside it"),
        ({**SIGN_IN["saml-roles"], "saml_metadata": "http://a/b"}, "saml_metadata", "an https address"),
        ({"editor_roles": "ml"}, "editor_roles", "fine_grained_access=true beside it"),
        ({"admin_roles": ROLE}, "admin_roles", "fine_grained_access=true beside it"),
        ({**PRODUCTION, "editor_roles": "*"}, "editor_roles", "everybody who can sign"),
        ({**EXISTING, "allowed_cidrs": "203.0.113.7/32"}, "allowed_cidrs", "takes no addresses"),
        ({**EXISTING, "vpc": "my-vpc"}, "vpc", "such as vpc-0123456789abcdef0"),
        ({**EXISTING, "subnet_ids": "subnet-0123456789abcdef0"}, "subnet_ids", "3 private subnets of that VPC"),
        ({**EXISTING, "subnet_ids": "a,b,c"}, "subnet_ids", "such as subnet-0123456789abcdef0"),
        ({**PRODUCTION, "subnet_ids": THREE_SUBNETS}, "subnet_ids", "vpc=vpc-... beside it"),
        ({"profile": "local", "vpc": "new", "fine_grained_access": True}, "vpc", "no networks"),
        ({"viewer_roles": ROLE}, "viewer_roles", "fine_grained_access=true beside it"),
        (
            {**PRODUCTION, "viewer_roles": "arn:aws:sts::123456789012:assumed-role/data-science/alice"},
            "viewer_roles",
            "arn:aws:iam::123456789012:role/name",
        ),
        ({**PRODUCTION, "viewer_roles": "*"}, "viewer_roles", "everybody who can sign"),
        ({"kms_key_arn": "alias/predictions"}, "kms_key_arn", "not of an alias"),
        ({"kms_key_arn": KEY.replace("key/", "alias/")}, "kms_key_arn", "not of an alias"),
        ({"allowed_cidrs": "0.0.0.0/0"}, "allowed_cidrs", "the whole internet"),
        ({"allowed_cidrs": "0.0.0.0/1,128.0.0.0/1"}, "allowed_cidrs", "a good part of the internet"),
        ({"allowed_cidrs": "2000::/3"}, "allowed_cidrs", "a good part of the internet"),
        ({"allowed_cidrs": "203.0.113.7/24"}, "allowed_cidrs", "host bits set"),
        ({"kms_key": KEY}, "kms_key", "perhaps kms_key_arn."),
        ({"fine_grained_acess": "true"}, "fine_grained_acess", "perhaps fine_grained_access."),
    ],
)
def test_contradicting_settings_are_refused_with_what_to_write(context: dict, name: str, advice: str) -> None:
    with pytest.raises(SettingsError, match=r"is not possible\. Write") as refused:
        Settings.from_context(context)

    assert refused.value.name == name
    assert advice in str(refused.value)
