"""Who gets in, in every sign-in: public and in a VPC, with and without roles in the domain."""

from collections.abc import Callable
from typing import Any

import pytest

from checks.profiles import PROFILES, SIGN_IN
from tests.synth.reading import Reading

Read = Callable[[str], Reading]
COGNITO = [name for name in SIGN_IN if name.startswith("cognito")]
SIGNED_MASTER = ["cognito-roles", "cognito-roles-vpc", "saml-roles", "saml-roles-vpc"]
every_sign_in = pytest.mark.parametrize("name", SIGN_IN)
HOME = {"IpAddress": {"aws:SourceIp": ["203.0.113.7/32"]}}
EVERYONE, GROUPS = ["<SignInEveryone.Arn>"], ["<SignInViewers.Arn>", "<SignInEditors.Arn>"]
LET_IN: dict[str, tuple[Any, Any]] = {
    "address": ("*", HOME),
    "cognito": (EVERYONE, None),
    "cognito-vpc": (EVERYONE, None),
    "cognito-roles": (GROUPS, None),
    "cognito-roles-vpc": (GROUPS, None),
    "saml-roles": ("*", HOME),
    "saml-roles-vpc": ("*", None),
    "password-roles-vpc": ("*", None),
}
"""Sign-in → whom the domain's policy names, and under which condition."""


@every_sign_in
def test_the_domains_policy_lets_in_exactly_who_signs_in(reading: Read, name: str) -> None:
    template = reading(name)

    (statement,) = domain(template)["AccessPolicies"]["Statement"]

    who = statement["Principal"]["AWS"]
    assert (who if who == "*" else [template.text(each) for each in who], statement.get("Condition")) == LET_IN[name]
    assert statement["Action"] == "es:ESHttp*"


@pytest.mark.parametrize("name", [*SIGN_IN, *PROFILES])
def test_everybody_is_let_in_only_from_named_addresses_or_by_a_closed_network(reading: Read, name: str) -> None:
    template = reading(name)

    # An endpoint's policy names everybody, and its conditions this account: a test in test_security.py holds them.
    endpoints = template.of_type("EC2::VPCEndpoint")
    open_to_all = [
        (where, each)
        for where, each in template.statements()
        if where not in endpoints and each["Effect"] == "Allow" and "*" in str(each.get("Principal", ""))
    ]

    for where, statement in open_to_all:
        assert where == "SearchDomain"
        if "Condition" in statement:
            assert list(statement["Condition"]) == ["IpAddress"]
        else:
            # Unsigned, so up to the sign-in page only; and only for who carries one of two security groups.
            made = domain(template)
            assert made["AdvancedSecurityOptions"]["Enabled"]
            groups = [template.text(each) for each in made["VPCOptions"]["SecurityGroupIds"]]
            assert groups == ["<NetworkDomain.GroupId>"]


@every_sign_in
def test_the_domain_has_the_master_that_its_sign_in_needs(reading: Read, name: str) -> None:
    template = reading(name)

    security = domain(template).get("AdvancedSecurityOptions")

    if name in SIGNED_MASTER:
        assert security["InternalUserDatabaseEnabled"] is False
        assert template.text(security["MasterUserOptions"]["MasterUserARN"]) == "<Importer.Arn>"
        assert template.of_type("SecretsManager::Secret") == {}
    elif name == "password-roles-vpc":
        assert security["InternalUserDatabaseEnabled"] is True
    else:
        assert security is None


@every_sign_in
def test_the_import_works_as_the_master(reading: Read, name: str) -> None:
    template = reading(name)
    function = template.of_type("Lambda::Function")["DashboardsFunction"]

    environment = function["Environment"]["Variables"]

    signs = name != "password-roles-vpc"
    assert environment["OPENSEARCH_AUTH"] == ("sigv4" if signs else "basic")
    assert environment["DASHBOARDS_TENANT"] == ("global" if "roles" in name else "")
    if name in SIGNED_MASTER:
        assert template.text(function["Role"]) == "<Importer.Arn>"


@pytest.mark.parametrize("name", SIGNED_MASTER)
def test_the_master_is_a_role_that_only_the_imports_function_has(reading: Read, name: str) -> None:
    template = reading(name)

    (trust,) = template.of_type("IAM::Role")["Importer"]["AssumeRolePolicyDocument"]["Statement"]
    holders = [
        function
        for function, each in template.of_type("Lambda::Function").items()
        if template.text(each["Role"]) == "<Importer.Arn>"
    ]

    assert trust["Principal"] == {"Service": "lambda.amazonaws.com"}
    assert holders == ["DashboardsFunction"]


@pytest.mark.parametrize("name", COGNITO)
def test_nobody_signs_up_and_passwords_are_strong(reading: Read, name: str) -> None:
    (pool,) = reading(name).of_type("Cognito::UserPool").values()
    (identities,) = reading(name).of_type("Cognito::IdentityPool").values()

    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    policy = pool["Policies"]["PasswordPolicy"]
    assert policy["MinimumLength"] >= 12
    assert all(policy[f"Require{each}"] for each in ("Lowercase", "Uppercase", "Numbers", "Symbols"))
    assert pool["MfaConfiguration"] == "OPTIONAL"
    assert pool["EnabledMfas"] == ["SOFTWARE_TOKEN_MFA"]
    assert identities["AllowUnauthenticatedIdentities"] is False


@pytest.mark.parametrize("name", COGNITO)
def test_a_persons_role_is_given_by_this_identity_pool_to_who_has_signed_in(reading: Read, name: str) -> None:
    template = reading(name)
    roles = {role: each for role, each in template.of_type("IAM::Role").items() if role in people(template)}

    for role in roles.values():
        (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
        assert statement["Principal"] == {"Federated": "cognito-identity.amazonaws.com"}
        audience = statement["Condition"]["StringEquals"]["cognito-identity.amazonaws.com:aud"]
        assert template.text(audience) == "<SignInIdentities>"
        kind = statement["Condition"]["ForAnyValue:StringLike"]
        assert kind == {"cognito-identity.amazonaws.com:amr": "authenticated"}
        assert "ManagedPolicyArns" not in role
    assert all(template.actions(role) == set() for role in roles)


@pytest.mark.parametrize("name", COGNITO)
def test_the_domain_waits_for_page_roles_and_service_role(reading: Read, name: str) -> None:
    template = reading(name)

    waits_for = set(template.resources["SearchDomain"]["DependsOn"])

    parts = {short for short in template.resources if short.startswith("SignIn")}
    assert {each for each in parts if template.id(each) in waits_for} == parts
    options = domain(template)["CognitoOptions"]
    assert template.text(options["RoleArn"]) == "<SignInService.Arn>"


@pytest.mark.parametrize("name", ["cognito-roles", "cognito-roles-vpc"])
def test_with_roles_there_are_two_groups_and_their_roles_are_mapped(reading: Read, name: str) -> None:
    template = reading(name)
    groups = {each["GroupName"]: each for each in template.of_type("Cognito::UserPoolGroup").values()}

    mappings = template.resources["DashboardsImport"]["Properties"]["RoleMappings"]

    assert {group: template.text(each["RoleArn"]) for group, each in groups.items()} == {
        "viewers": GROUPS[0],
        "editors": GROUPS[1],
    }
    assert groups["editors"]["Precedence"] < groups["viewers"]["Precedence"]
    given = list(filter(None, [SIGN_IN[name].get("viewer_roles")]))
    assert [template.text(each) for each in mappings["prediction_viewer"]] == [GROUPS[0], *given]
    assert [template.text(each) for each in mappings["prediction_editor"]] == [GROUPS[1]]


@pytest.mark.parametrize("name", ["cognito-roles", "cognito-roles-vpc"])
def test_the_groups_roles_are_written_by_a_function_that_may_do_nothing_else(reading: Read, name: str) -> None:
    template = reading(name)
    function = template.of_type("Lambda::Function")["GroupsFunction"]

    pool = "arn:<AWS::Partition>:cognito-identity:<AWS::Region>:<AWS::AccountId>:identitypool/<SignInIdentities>"
    assert "VpcConfig" not in function  # a VPC without a way out has none to Cognito
    assert template.actions("GroupsFunctionServiceRole") == {
        ("logs:CreateLogStream", "<GroupsLogs.Arn>"),
        ("logs:PutLogEvents", "<GroupsLogs.Arn>"),
        ("cognito-idp:ListUserPoolClients", "<SignInPeople.Arn>"),
        ("cognito-identity:GetIdentityPoolRoles", pool),
        ("cognito-identity:SetIdentityPoolRoles", "*"),
        ("iam:PassRole", "<SignInEveryone.Arn>"),
    }
    properties = template.resources["GroupsMapping"]["Properties"]
    assert template.text(properties["DomainArn"]) == "<SearchDomain.Arn>"
    assert int(properties["WaitSeconds"]) < function["Timeout"] <= 900


@pytest.mark.parametrize("name", ["cognito", "cognito-vpc"])
def test_without_roles_there_is_nothing_to_map(reading: Read, name: str) -> None:
    template = reading(name)

    assert template.of_type("Cognito::UserPoolGroup") == {}
    assert "GroupsMapping" not in template.resources
    assert "RoleMappings" not in template.resources["DashboardsImport"]["Properties"]


@pytest.mark.parametrize(("name", "kept"), [("production", "RetainExceptOnCreate"), ("cognito-roles", "Delete")])
def test_a_domain_that_stays_keeps_its_way_in(reading: Read, name: str, kept: str) -> None:
    template = reading(name)

    parts = {short: each for short, each in template.resources.items() if short.startswith("SignIn")}

    assert {each.get("DeletionPolicy", "Delete") for each in parts.values()} == {kept}


def domain(template: Reading) -> dict[str, Any]:
    """The properties of the one domain."""
    (made,) = template.of_type("OpenSearchService::Domain").values()
    return made


def people(template: Reading) -> set[str]:
    """The names of the roles that people get."""
    return {role for role in ("SignInEveryone", "SignInViewers", "SignInEditors") if role in template.resources}
