"""`predmon people` and `predmon open`: who is invited, who may edit, and what is said of another sign-in."""

import webbrowser
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from click.testing import CliRunner, Result
from moto import mock_aws

from predmon.commands.cloud.opening import open_, ways
from predmon.commands.deploying.people import people
from predmon.commands.deployment.target import Target
from predmon.errors import UserError

LINK = "https://search.example/_dashboards/goto/abc?security_tenant=global"


@pytest.fixture
def cognito(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A user pool with both groups, in an account whose stack is it; gives the client and the pool's id."""
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    with mock_aws():
        session = boto3.Session("a", "b", region_name="eu-central-1")
        client = session.client("cognito-idp")
        pool = client.create_user_pool(PoolName="people", UsernameAttributes=["email"])["UserPool"]["Id"]
        for group in ("viewers", "editors"):
            client.create_group(UserPoolId=pool, GroupName=group)
        outputs = {"UserPoolId": pool, "DashboardUrl": LINK, "SignInWith": "cognito"}
        monkeypatch.setattr(Target, "resolve", lambda: Target(outputs, session, None))
        yield client, pool


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Make it a stack with these outputs."""

    def deployed(**outputs: str) -> None:
        target = Target({"DashboardUrl": LINK, **outputs}, boto3.Session("a", "b", region_name="eu-central-1"), None)
        monkeypatch.setattr(Target, "resolve", lambda: target)

    return deployed


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(people, arguments)
    assert result.exception is None or isinstance(result.exception, UserError | SystemExit), result.exception
    return result


def members(cognito: Any, group: str) -> list[str]:
    client, pool = cognito
    found = client.list_users_in_group(UserPoolId=pool, GroupName=group)["Users"]
    return [each["Value"] for user in found for each in user["Attributes"] if each["Name"] == "email"]


def test_somebody_who_is_added_may_look_and_is_shown_the_link_to_send(cognito: Any) -> None:
    result = run("add", "You@Example.com")

    assert result.exit_code == 0
    assert "Invited you@example.com, who may look." in result.output
    assert LINK in result.output
    assert (members(cognito, "viewers"), members(cognito, "editors")) == (["you@example.com"], [])


def test_an_editor_may_edit_and_becomes_a_viewer_when_added_again_without(cognito: Any) -> None:
    run("add", "you@example.com", "--editor")
    edits = members(cognito, "editors")

    result = run("add", "you@example.com")

    assert edits == ["you@example.com"]
    assert "Changed you@example.com, who may look." in result.output
    assert (members(cognito, "viewers"), members(cognito, "editors")) == (["you@example.com"], [])


def test_the_list_says_what_each_may_do_and_who_has_not_come_yet(cognito: Any) -> None:
    client, pool = cognito
    nobody = run("list").output
    for number in range(65):
        name = f"viewer{number}@example.com"
        client.admin_create_user(UserPoolId=pool, Username=name)
        client.admin_add_user_to_group(UserPoolId=pool, Username=name, GroupName="viewers")
    run("add", "editor@example.com", "--editor")
    client.admin_create_user(UserPoolId=pool, Username="by-hand@example.com")
    client.admin_set_user_password(
        UserPoolId=pool, Username="editor@example.com", Password="A-long-one-12", Permanent=True
    )

    lines = {line.split()[0]: " ".join(line.split()[1:]) for line in run("list").output.splitlines()[1:]}

    assert "Nobody may sign in yet" in nobody
    assert len(lines) == 67
    assert lines["editor@example.com"] == "look and edit"
    assert lines["viewer64@example.com"] == "look invited"
    assert lines["by-hand@example.com"] == "nothing (in no group) invited"


def test_somebody_who_is_removed_is_gone(cognito: Any) -> None:
    run("add", "you@example.com")

    result = run("remove", "YOU@example.com")

    assert "Removed you@example.com." in result.output
    assert "up to an hour" in result.output
    assert members(cognito, "viewers") == []


def test_who_is_not_there_cannot_be_removed(cognito: Any) -> None:
    result = run("remove", "you@example.com")

    assert "predmon people list" in str(result.exception)


@pytest.mark.parametrize("text", ["you", "you@", "@example.com", "a b@example.com", "you@example"])
def test_what_is_no_address_is_refused_before_anybody_is_invited(cognito: Any, text: str) -> None:
    result = run("add", text)

    assert result.exit_code == 2
    assert "such as you@example.com" in result.output


def test_without_roles_everybody_edits_and_there_is_no_editor_to_make(cognito: Any) -> None:
    client, pool = cognito
    for group in ("viewers", "editors"):
        client.delete_group(UserPoolId=pool, GroupName=group)

    added, refused = run("add", "you@example.com"), run("add", "me@example.com", "--editor")

    assert "who may look and edit" in added.output
    assert "Leave --editor out" in str(refused.exception)
    assert "look and edit" in run("list").output


@pytest.mark.parametrize(
    ("outputs", "says"),
    [
        ({}, "-c sign_in=cognito"),
        ({"SignInWith": "saml"}, "at your identity provider"),
        ({"SignInWith": "password"}, "Internal users"),
    ],
)
def test_with_another_sign_in_it_is_said_where_people_are_added(
    stack: Callable[..., None], outputs: dict[str, str], says: str
) -> None:
    stack(**outputs)

    assert says in str(run("list").exception)


def test_open_opens_the_permalink(stack: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    stack(SignInWith="cognito", UserPoolId="p")
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda url: opened.append(url) or True)

    result = CliRunner().invoke(open_)

    assert opened == [LINK]
    assert result.output.splitlines()[0] == LINK
    assert "predmon people add you@example.com" in result.output


def test_open_says_so_where_there_is_no_browser(stack: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    stack()
    monkeypatch.setattr(webbrowser, "open", lambda _: False)

    assert "No browser could be started" in CliRunner().invoke(open_).output
    assert "No browser could" not in CliRunner().invoke(open_, ["--no-browser"]).output


@pytest.mark.parametrize(
    ("outputs", "says"),
    [
        ({"SignInWith": "cognito"}, "from everywhere"),
        ({"SignInWith": "cognito", "ViewerSecurityGroupId": "sg-1"}, "security group sg-1"),
        ({"SignInWith": "saml", "SamlEntityId": "https://a", "SamlReplyUrl": "https://a/acs"}, "https://a/acs"),
        ({"SignInWith": "password", "MasterSecretArn": "arn:1", "ViewerSecurityGroupId": "sg-1"}, "--secret-id arn:1"),
    ],
)
def test_who_can_open_the_page_is_said_for_each_sign_in(outputs: dict[str, str], says: str) -> None:
    assert says in "\n".join(ways(outputs))


def test_without_sign_in_the_addresses_are_said() -> None:
    assert ways({}, ("203.0.113.7/32",)) == ["Every browser at 203.0.113.7/32 can open it, without sign-in."]
    assert ways({}) == ["Browsers at the addresses in allowed_cidrs can open it, without sign-in."]
