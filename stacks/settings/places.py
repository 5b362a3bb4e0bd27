"""Checks of settings that name a region or an account: they are known when the deployment's own are."""

from monitors.acting.targets import ARN
from stacks.settings.parsing import SettingsError
from stacks.settings.regions import NO_USER_POOLS
from stacks.settings.settings import Settings

IN_ITS_ACCOUNT = ("states", "codepipeline")
"""Services whose resources only their own account starts."""


def check_places(settings: Settings, *, account: str | None, region: str | None) -> None:
    """Check what the settings name elsewhere. None where the deployment's account or region is not known yet.

    Raises:
        SettingsError: a log group, a key or a sign-in cannot be used from there.
    """
    if settings.collected.place:
        its_region, its_account = settings.collected.place
        if (region and its_region != region) or (account and its_account != account):
            wanted = (
                f"log groups of the deployment's own account and region ({account} in {region}): these are of "
                f"{its_account} in {its_region}. A subscription does not leave them: docs/organisation.md has the ways"
            )
            raise SettingsError("log_groups", ",".join(settings.log_groups), wanted)
    if settings.send_to and region and (its_region := settings.send_to.split(":")[3]) != region:
        wanted = f"a destination in {region}: this one is in {its_region}, and a filter reaches its own region only"
        raise SettingsError("send_to", settings.send_to, wanted)
    if settings.kms_key_arn and region and (its_region := settings.kms_key_arn.split(":")[3]) != region:
        wanted = f"a key of {region}: this one is of {its_region}, and keys encrypt in their own region only"
        raise SettingsError("kms_key_arn", settings.kms_key_arn, wanted)
    for name in ("on_drift", "on_worse"):
        _check_action(name, getattr(settings, name), account, region)
    if settings.sign_in == "cognito" and region in NO_USER_POOLS:
        wanted = f"saml, or password with vpc=new: {region} has no Cognito user pools"
        raise SettingsError("sign_in", "cognito", wanted)


def _check_action(name: str, what: str, account: str | None, region: str | None) -> None:
    """Refuse what would start nothing, or something of the same name here."""
    found = ARN.fullmatch(what)
    if found and region and found["region"] != region:
        wanted = f"something of {region}: this is of {found['region']}, and the acting function asks its own region"
        raise SettingsError(name, what, wanted)
    if found and account and found["account"] != account and found["service"] in IN_ITS_ACCOUNT:
        wanted = (
            f"something of account {account}: no other one may start it. A queue, topic or function may be elsewhere"
        )
        raise SettingsError(name, what, wanted)
