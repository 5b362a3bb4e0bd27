"""Checks of the settings that say what is collected, and from where."""

import re
from collections.abc import Callable

from stacks.settings.choices import Choices
from stacks.settings.parsing import SettingsError

DESTINATION = re.compile(r"arn:aws[\w-]*:logs:(?P<region>[\w-]+):\d{12}:destination:[\w.-]+")


def _check_sources(s: Choices) -> None:
    if not s.inference and not s.collected and not s.organization_id and not s.send_to:
        raise SettingsError("log_groups", "", "the groups to monitor, since inference=false: /aws/lambda/my-function")


def _check_filters(s: Choices) -> None:
    if not s.collected.whole_account:
        return
    for name in ("centralized_logs", "transformed_logs"):
        if getattr(s, name):
            wanted = "log groups by name or by pattern beside it: the account's one filter has no such option"
            raise SettingsError(name, True, wanted)


def _check_organization(s: Choices) -> None:
    if s.organization_id and not re.fullmatch(r"o-[a-z0-9]{10,32}", s.organization_id):
        command = "aws organizations describe-organization --query Organization.Id"
        raise SettingsError("organization_id", s.organization_id, f"what this says: {command}")
    if s.organization_id and s.transport != "kinesis":
        wanted = "transport=kinesis beside it: another account's logs can be sent to a stream only"
        raise SettingsError("organization_id", s.organization_id, wanted)
    for account in s.blocked_accounts:
        if not re.fullmatch(r"\d{12}", account):
            raise SettingsError("blocked_accounts", account, "numbers of accounts, of 12 digits")
    if s.blocked_accounts and not s.organization_id:
        raise SettingsError("blocked_accounts", ",".join(s.blocked_accounts), "organization_id=o-... beside it")
    if s.organization_id and s.local:
        raise SettingsError("organization_id", s.organization_id, "nothing: the emulator delivers to functions only")


def _check_sending(s: Choices) -> None:
    if not s.send_to:
        return
    if not DESTINATION.fullmatch(s.send_to):
        wanted = "the output LogDestinationArn of the receiving deployment, an ARN with :destination: in it"
        raise SettingsError("send_to", s.send_to, wanted)
    if s.collected.patterns:
        wanted = "names, or account: the sending stack has no function that could look for patterns"
        raise SettingsError("log_groups", ",".join(s.collected.patterns), wanted)
    if s.organization_id:
        raise SettingsError("organization_id", s.organization_id, "it in the receiving deployment, not beside send_to")


SOURCE_CHECKS: tuple[Callable[[Choices], None], ...] = (
    _check_sources,
    _check_filters,
    _check_organization,
    _check_sending,
)
