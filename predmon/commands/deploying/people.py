"""`predmon people`: who may sign in to the dashboards with Cognito."""

import re
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table

from predmon.commands.deployment.target import Target
from predmon.errors import UserError
from predmon.terminal import Terminal, escape

if TYPE_CHECKING:
    from types_boto3_cognito_idp import CognitoIdentityProviderClient

out = Terminal()
VIEWERS, EDITORS = "viewers", "editors"
"""The groups of the user pool, made by the deployment where the domain has roles (fine_grained_access)."""
INVITED = "FORCE_CHANGE_PASSWORD"
SESSION = "What they have open may go on for up to an hour."


@click.group()
def people() -> None:
    """Invite people to the dashboards, list them, remove them (sign_in=cognito)."""


@people.command()
@click.argument("email")
@click.option("--editor", is_flag=True, help="May also make, change and delete dashboards.")
def add(email: str, editor: bool) -> None:
    """Invite EMAIL: Cognito sends a message with a password that works once.

    For somebody who is there already it changes what they may do, and sends the invitation again if they have not
    signed in yet.
    """
    email = _address(email)
    pool = UserPool.of(Target.resolve())
    groups = pool.groups()
    if editor and not groups:
        raise UserError(
            "Everyone who signs in may edit here, since the domain has no roles (fine_grained_access=false). "
            "Leave --editor out."
        )
    is_new = pool.invite(email)
    if groups:
        pool.put(email, EDITORS if editor else VIEWERS)
    may = "look and edit" if editor or not groups else "look"
    out.print(f"{'Invited' if is_new else 'Changed'} {escape(email)}, who may {may}. Send them the link, too:")
    out.print(pool.dashboard_url, soft_wrap=True)


@people.command(name="list")
def list_() -> None:
    """List who may sign in, what each may do, and who has not signed in yet."""
    pool = UserPool.of(Target.resolve())
    members = {group: pool.members(group) for group in pool.groups()}
    table = Table("", "may", "", box=None)
    found = pool.users()
    for email in sorted(found):
        table.add_row(escape(email), _rights(email, members), "invited" if found[email] == INVITED else "")
    out.print(table if found else "Nobody may sign in yet. Invite somebody: predmon people add you@example.com")


@people.command()
@click.argument("email")
def remove(email: str) -> None:
    """Take the right to sign in from EMAIL, and end their sessions."""
    email = _address(email)
    pool = UserPool.of(Target.resolve())
    pool.remove(email)
    out.print(f"Removed {escape(email)}. {SESSION}")


class UserPool:
    """The people of a stack."""

    def __init__(self, cognito: "CognitoIdentityProviderClient", pool_id: str, dashboard_url: str) -> None:
        self._cognito = cognito
        self._pool_id = pool_id
        self.dashboard_url = dashboard_url

    @classmethod
    def of(cls, target: Target) -> "UserPool":
        """Return the user pool of the stack. Raise UserError if people sign in otherwise there."""
        if pool_id := target.outputs.get("UserPoolId"):
            return cls(target.client("cognito-idp"), pool_id, target.outputs["DashboardUrl"])
        raise UserError(
            {
                "saml": "People sign in at your identity provider here: add and remove them there.",
                "password": "People have names and passwords in the domain here. Add them in Dashboards: Security, "
                "Internal users.",
            }.get(
                target.outputs.get("SignInWith", "address"),
                "There is no sign-in here: who gets in is said by allowed_cidrs. To invite people, deploy with "
                "-c sign_in=cognito (docs/security.md says what that changes).",
            )
        )

    def groups(self) -> set[str]:
        """Return the names of the groups that the deployment made; none where the domain has no roles."""
        pages = self._cognito.get_paginator("list_groups").paginate(UserPoolId=self._pool_id)
        return {each["GroupName"] for page in pages for each in page["Groups"]} & {VIEWERS, EDITORS}

    def users(self) -> dict[str, str]:
        """Return everybody's e-mail address and status."""
        pages = self._cognito.get_paginator("list_users").paginate(UserPoolId=self._pool_id)
        return {_email(each): each["UserStatus"] for page in pages for each in page["Users"]}

    def members(self, group: str) -> set[str]:
        """Return the e-mail addresses of who is in the group."""
        pages = self._cognito.get_paginator("list_users_in_group").paginate(UserPoolId=self._pool_id, GroupName=group)
        return {_email(each) for page in pages for each in page["Users"]}

    def invite(self, email: str) -> bool:
        """Make the person and send the invitation, and return True; again for one who has not signed in yet."""
        create, pool = self._cognito.admin_create_user, self._pool_id
        try:
            create(
                UserPoolId=pool,
                Username=email,
                UserAttributes=[{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}],
                DesiredDeliveryMediums=["EMAIL"],
            )
        except self._cognito.exceptions.UsernameExistsException:
            if self.users().get(email) == INVITED:
                create(UserPoolId=pool, Username=email, MessageAction="RESEND", DesiredDeliveryMediums=["EMAIL"])
            return False
        return True

    def put(self, email: str, group: str) -> None:
        """Put the person into the group, and out of the other one."""
        pool = self._pool_id
        for other in {VIEWERS, EDITORS} - {group}:
            self._cognito.admin_remove_user_from_group(UserPoolId=pool, Username=email, GroupName=other)
        self._cognito.admin_add_user_to_group(UserPoolId=pool, Username=email, GroupName=group)

    def remove(self, email: str) -> None:
        """Delete the person. Raise UserError for somebody who is not there."""
        try:
            self._cognito.admin_user_global_sign_out(UserPoolId=self._pool_id, Username=email)
            self._cognito.admin_delete_user(UserPoolId=self._pool_id, Username=email)
        except self._cognito.exceptions.UserNotFoundException as error:
            raise UserError(f"{email} is not among the people here. predmon people list shows them.") from error


def _address(text: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text):
        raise click.BadParameter(f"{text!r}: write an e-mail address, such as you@example.com")
    return text.lower()


def _email(user: Any) -> str:
    attributes = {each["Name"]: each["Value"] for each in user.get("Attributes", ())}
    email: str = attributes.get("email", user["Username"])
    return email


def _rights(email: str, members: dict[str, set[str]]) -> str:
    if not members:
        return "look and edit"
    if email in members.get(EDITORS, ()):
        return "look and edit"
    return "look" if email in members.get(VIEWERS, ()) else "nothing (in no group)"
