"""Names of log groups as people have them: a name, or the ARN that the console shows."""

import re
from collections.abc import Iterable

from stacks.settings.parsing import SettingsError

NAME = re.compile(r"[A-Za-z0-9_/.#-]{1,512}")
"""What CloudWatch Logs takes. Letters with accents are refused there, only after minutes."""
ARN = re.compile(r"arn:aws[\w-]*:logs:(?P<region>[\w-]*):(?P<account>\d*):log-group:(?P<name>[^:]+)(?::\*)?")


def log_group_names(given: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the log groups, each once and in the order given. An ARN becomes the name in it.

    Raises:
        SettingsError: a name has letters that AWS does not have, or the ARNs are of several accounts or regions.
    """
    names: list[str] = []
    places: set[tuple[str, str]] = set()
    for group in given:
        arn = ARN.fullmatch(group)
        name = arn["name"] if arn else group
        if not NAME.fullmatch(name) or name.startswith("aws/"):
            wanted = "names of log groups, such as /aws/lambda/my-function, of a-z A-Z 0-9 _ - / . #"
            raise SettingsError("log_groups", group, wanted if ":" not in group else f"{wanted}, or their ARNs")
        if arn:
            places.add((arn["region"], arn["account"]))
        names.append(name)
    if len(places) > 1:
        listed = " and ".join(f"{account} in {region}" for region, account in sorted(places))
        wanted = f"groups of one account and region, those of the deployment: these are of {listed}"
        raise SettingsError("log_groups", ",".join(given), wanted)
    return tuple(dict.fromkeys(names))
