"""The log groups to collect, as people name them: names, ARNs, patterns, the whole account, and what to leave out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from contracts.own_groups import OWN, STACK
from stacks.settings.parsing import SettingsError

NAME = re.compile(r"[A-Za-z0-9_/.#-]{1,512}")
"""What CloudWatch Logs takes. Letters with accents are refused there, only after minutes."""
PATTERN = re.compile(r"[A-Za-z0-9_/.#*-]{1,512}")
"""A name in which each `*` stands for any letters."""
ARN = re.compile(r"arn:aws[\w-]*:logs:(?P<region>[\w-]*):(?P<account>\d*):log-group:(?P<name>[^:]+)(?::\*)?")
OWN_IN_ANY_CASE = re.compile(OWN.pattern, re.IGNORECASE)
"""CloudWatch Logs tells `A` from `a`. Whoever writes such a name means the one that there is."""
ACCOUNT = "account"
"""Stands for every log group of the account, in the deployment's region."""
MOST_NAMED = 300
"""Each has a filter of its own in the template, and CloudFormation takes 500 resources."""
MOST_LEFT_OUT_BYTES = 20_000
"""An account-wide filter takes 25 KB of names to leave out; the stack's own are among them."""
MOST_PATTERNS = 20
"""The role of the function that subscribes names each, and a role's policies end at 10 KB."""


@dataclass(frozen=True)
class Collected:
    """The rules of `log_groups`, each kind in the order given and without doubles."""

    names: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    """Names and patterns that are not collected, whatever else says so."""
    whole_account: bool = False
    place: tuple[str, str] | None = None
    """Region and account of the groups that were given as ARNs."""

    def __bool__(self) -> bool:
        return bool(self.names or self.patterns or self.whole_account)


def read_log_groups(given: Iterable[str]) -> Collected:
    """Return the rules. An ARN becomes the name in it, and `-name` is left out.

    Raises:
        SettingsError: a name has letters that AWS does not have, is this project's own, or cannot go with another one.
    """
    names: list[str] = []
    patterns: list[str] = []
    left_out: list[str] = []
    places: set[tuple[str, str]] = set()
    given = tuple(given)
    for rule in given:
        if rule == ACCOUNT:
            continue
        group = rule.removeprefix("-")
        if arn := ARN.fullmatch(group):
            group = arn["name"]
            places.add((arn["region"], arn["account"]))
        _check_letters(rule, group)
        if rule.startswith("-"):
            left_out.append(group)
            continue
        _refuse_own(rule, group)
        (patterns if "*" in group else names).append(group)
    if len(places) > 1:
        listed = " and ".join(f"{account} in {region}" for region, account in sorted(places))
        wanted = f"groups of one account and region, those of the deployment: these are of {listed}"
        raise SettingsError("log_groups", ",".join(given), wanted)
    made = Collected(
        names=_once(names),
        patterns=_once(patterns),
        left_out=_once(left_out),
        whole_account=ACCOUNT in given,
        place=next(iter(places), None),
    )
    _check_together(made)
    return made


def _once(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _check_letters(rule: str, group: str) -> None:
    if not group.strip("*") or group.lower() == ACCOUNT:
        raise SettingsError("log_groups", rule, f"{ACCOUNT}, which collects every log group with one filter")
    if group.endswith("/"):
        raise SettingsError("log_groups", rule, f"{group}* for all whose names begin so")
    if not PATTERN.fullmatch(group) or group.startswith("aws/"):
        wanted = "names of log groups, such as /aws/lambda/my-function, of a-z A-Z 0-9 _ - / . #"
        raise SettingsError("log_groups", rule, wanted if ":" not in rule else f"{wanted}, or their ARNs")


def _refuse_own(rule: str, group: str) -> None:
    """Refuse this project's own log groups, of any deployment: the shipper would feed itself for ever."""
    # What stands before a pattern's first star: more of the name decides nothing that is known now.
    head = group.partition("*")[0].rpartition("/")[2]
    begins_own = STACK.startswith(head) or (len(head) > 3 and STACK.lower().startswith(head.lower()))
    is_pattern_of_own = "*" in group and head and (head.lower().startswith(f"{STACK}-".lower()) or begins_own)
    if OWN_IN_ANY_CASE.search(group) or is_pattern_of_own:
        wanted = (
            "log groups of your own functions: this one is written by a deployment of this project, so that each "
            "shipped line would make the next one. The example model is attached without being named"
        )
        raise SettingsError("log_groups", rule, wanted)


def _check_together(rules: Collected) -> None:
    if rules.whole_account and (rules.names or rules.patterns):
        given = ",".join((*rules.names, *rules.patterns))
        raise SettingsError("log_groups", given, f"{ACCOUNT} alone, which has these already")
    if rules.whole_account and any("*" in each for each in rules.left_out):
        wanted = "whole names to leave out: the account's one filter takes no patterns there"
        raise SettingsError("log_groups", ",".join(rules.left_out), wanted)
    if rules.whole_account and sum(len(each) + 4 for each in rules.left_out) > MOST_LEFT_OUT_BYTES:
        wanted = f"patterns of what to collect: the names to leave out are more than {MOST_LEFT_OUT_BYTES:,} bytes"
        raise SettingsError("log_groups", f"{len(rules.left_out)} names", wanted)
    if rules.left_out and not (rules.whole_account or rules.patterns):
        raise SettingsError("log_groups", ",".join(rules.left_out), f"{ACCOUNT} or a pattern beside what is left out")
    if len(rules.names) > MOST_NAMED:
        wanted = f"a pattern such as /aws/lambda/ml-*, or {ACCOUNT}: a stack has room for {MOST_NAMED} named groups"
        raise SettingsError("log_groups", f"{len(rules.names)} names", wanted)
    if len(rules.patterns) > MOST_PATTERNS:
        wanted = f"at most {MOST_PATTERNS} patterns, or {ACCOUNT}"
        raise SettingsError("log_groups", f"{len(rules.patterns)} patterns", wanted)
