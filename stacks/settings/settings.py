"""Every deploy-time choice of one deployment: filled from `cdk.json` context and `-c name=value`, checked at synth.

A profile sets the defaults (`dev`, `production`, `local`); any setting given beside it wins.
"""

import difflib
from collections.abc import Mapping
from dataclasses import Field, dataclass, fields
from typing import Any, Self, get_origin, get_type_hints

from stacks.settings.checks import CHECKS
from stacks.settings.choices import Choices
from stacks.settings.log_groups import read_log_groups
from stacks.settings.parsing import SettingsError, parse
from stacks.settings.profiles import LocalCloud
from stacks.settings.retired import RETIRED, renew

FOREIGN_KEYS = ("aws:", "@aws-cdk", "aws-cdk:", "cdk-", "availability-zones:", "vpc-provider:", "hosted-zone:", "ami:")
"""Context that the CDK itself reads and writes."""
LIKE = 0.75
"""A key this similar to a setting's name, from 0 to 1, is most likely a misspelt setting."""


@dataclass(frozen=True, kw_only=True)
class Settings(Choices):
    """The choices of one deployment.

    Raises:
        SettingsError: a setting is not possible; the message names it and says what to write instead.
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "collected", read_log_groups(self.log_groups))
        object.__setattr__(self, "log_groups", self.collected.names)
        for check in CHECKS:
            check(self)

    @classmethod
    def from_context(cls, context: Mapping[str, Any]) -> Self:
        """Read the settings among all context keys.

        Raises:
            SettingsError: a value is not possible, or a key looks like a misspelt setting. Other unknown keys are
                ignored: `unknown_keys` lists them.
        """
        types = _types()
        for key in unknown_keys(context):
            if near := difflib.get_close_matches(key.replace("-", "_"), types, n=1, cutoff=LIKE):
                raise SettingsError(key, context[key], f"a setting that exists, perhaps {near[0]}")
        given = {key: parse(key, types[key], value) for key, value in renew(context).items() if key in types}
        if given.get("profile") == "local" and "dashboards_url" in context:
            given["local"] = LocalCloud(dashboards_url=str(context["dashboards_url"]))
        return cls(**given)


def unknown_keys(context: Mapping[str, Any]) -> list[str]:
    """Return the keys that are neither a setting nor known to be the CDK's own."""
    types = _types()
    return [key for key in context if key not in {*types, *RETIRED} and not key.startswith(FOREIGN_KEYS)]


def visible() -> list["Field[Any]"]:
    """Return the settings that a person may set, in their order."""
    return [each for each in fields(Settings) if not each.metadata.get("hidden")]


def is_list(name: str) -> bool:
    """Return whether the setting is a list of texts."""
    return get_origin(_types().get(name)) is tuple


def _types() -> Mapping[str, Any]:
    types = get_type_hints(Settings)
    return {each.name: types[each.name] for each in visible()}
