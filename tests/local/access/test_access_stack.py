"""A whole deployment with Cognito and roles: the app on the emulator, a real engine with the security plugin behind it.

The emulator has Cognito, but makes no app client as the search service does, so a thread makes it as soon as the domain
is there. All functions of the emulator sign with one key; here it stands for the importer's role.
"""

import threading
from collections.abc import Iterator

import boto3
import pytest
from click.testing import CliRunner

from predmon.commands.people import people
from predmon.commands.target import Target
from predmon.local.deploy import SYNTH_SECONDS, Deployment
from predmon.local.preview import Preview
from predmon.local.processes import free_port
from tests.local.access.domain import ALICE, IMPORTER, Domain

CLIENT = "AmazonOpenSearchService-mlops-cluster-eu-central-1-abc"


@pytest.fixture(scope="module")
def outputs(domain: Domain, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The outputs of the stack after its deployment."""
    home = tmp_path_factory.mktemp("stack")
    preview = Preview(home / "preview")
    stop = threading.Event()
    service = threading.Thread(target=make_the_app_client, args=(stop,), daemon=True)
    try:
        settings = {
            "profile": "local",
            "sign_in": "cognito",
            "fine_grained_access": "true",
            # The preview does not sign, so it asks as the master user.
            "dashboards_url": preview.start(
                domain.front.url.replace("//", f"//{':'.join(domain.master)}@"), free_port()
            ),
        }
        deployment = Deployment(assembly=home / "cdk.out", outputs=home / "outputs.json", logs=home)
        with deployment.start_synth(settings) as synth:
            synth.wait(SYNTH_SECONDS)
        service.start()
        yield deployment.deploy(domain.aws["AWS_ENDPOINT_URL"], bootstrap=True)
    finally:
        stop.set()
        preview.stop()


def make_the_app_client(stop: threading.Event) -> None:
    """Do what the search service does once there is a domain with a user pool."""
    opensearch, cognito = boto3.client("opensearch"), boto3.client("cognito-idp")
    while not stop.wait(0.5):
        if opensearch.list_domain_names()["DomainNames"]:
            (pool,) = cognito.list_user_pools(MaxResults=10)["UserPools"]
            cognito.create_user_pool_client(UserPoolId=pool["Id"], ClientName=CLIENT)
            return


def role_arn(part: str) -> str:
    """The ARN of the stack's role whose name has `part` in it."""
    (found,) = [each["Arn"] for each in boto3.client("iam").list_roles()["Roles"] if part in each["RoleName"]]
    return found


def test_the_groups_get_their_roles_by_the_services_own_client(outputs: dict[str, str]) -> None:
    identities = boto3.client("cognito-identity")
    (pool,) = identities.list_identity_pools(MaxResults=10)["IdentityPools"]

    mappings = identities.get_identity_pool_roles(IdentityPoolId=pool["IdentityPoolId"])["RoleMappings"]

    ((provider, mapping),) = mappings.items()
    (client,) = boto3.client("cognito-idp").list_user_pool_clients(UserPoolId=outputs["UserPoolId"])["UserPoolClients"]
    assert provider.endswith(f"{outputs['UserPoolId']}:{client['ClientId']}")
    assert (mapping["Type"], mapping["AmbiguousRoleResolution"]) == ("Token", "Deny")


@pytest.mark.parametrize(
    ("group", "may_edit"), [("SignInViewers", False), ("SignInEditors", True)], ids=["viewers", "editors"]
)
def test_the_role_of_a_group_may_in_the_domain_what_the_group_is_for(
    domain: Domain, outputs: dict[str, str], group: str, may_edit: bool
) -> None:
    who, shared = role_arn(group), {"securitytenant": ""}

    looks = domain.ask(who, "GET", "/cwl-*/_search").status_code
    edits = domain.ask(who, "PUT", "/.kibana/_doc/dashboard:of-a-group", {"type": "dashboard"}, **shared).status_code
    deletes = domain.ask(who, "DELETE", "/cwl-*").status_code

    assert (looks, edits in (200, 201), deletes) == (200, may_edit, 403)


def test_who_signed_in_without_a_group_may_nothing(domain: Domain, outputs: dict[str, str]) -> None:
    assert domain.ask(role_arn("SignInEveryone"), "GET", "/cwl-*/_search").status_code == 403


def test_the_functions_of_the_stack_are_mapped_beside_those_that_were_there(
    domain: Domain, outputs: dict[str, str]
) -> None:
    mapping = domain.mapping("prediction_viewer")

    assert {role_arn("SignInViewers")} < set(mapping["backend_roles"])
    assert mapping["users"] == [ALICE[0]]
    assert role_arn("DriftFunction") in domain.mapping("prediction_drift")["backend_roles"]


def test_the_import_did_all_of_it_with_its_signature(domain: Domain, outputs: dict[str, str]) -> None:
    assert {who for who, _, path in domain.front.asked if path.startswith("/_plugins/_security")} == {IMPORTER}
    assert outputs["DashboardUrl"].endswith("?security_tenant=global")
    assert "/goto/" in outputs["DashboardUrl"]
    assert "#" not in outputs["DashboardUrl"]


def test_people_are_invited_listed_and_removed(
    domain: Domain, outputs: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    target = Target(outputs, boto3.Session(), domain.aws["AWS_ENDPOINT_URL"])
    monkeypatch.setattr(Target, "resolve", lambda: target)

    said = [
        CliRunner().invoke(people, words).output
        for words in (["add", "you@example.com", "--editor"], ["list"], ["remove", "you@example.com"], ["list"])
    ]

    assert "Invited you@example.com, who may look and edit." in said[0]
    assert outputs["DashboardUrl"] in said[0]
    assert "you@example.com" in said[1]
    assert "you@example.com" not in said[3]
