"""The served model's alias, back to the version before, and forth again.

A published version keeps its code for ever. The alias `live` says which one answers; moving it takes a second and
changes nothing else. The next deployment moves it on to its own version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

ALIAS = "live"
NEW_FOR = timedelta(days=7)
"""So long a version is new. After that it is what is normal, and going back is a decision for a person."""
MADE_OF = ("MODEL_URI", "MODEL_SHA256", "MODEL_NAME")


class RollbackError(RuntimeError):
    """There is nothing to go back to, or no reason to; the message says which. The alias is as it was."""


@dataclass(frozen=True)
class Move:
    """Where the alias stood, and where it stands now."""

    before: str
    now: str


def roll_back(client: Any, function: str, *, reason: str, since: datetime | None = None) -> Move:
    """Point the alias at the newest version before its own that holds another model.

    Args:
        client: of the Lambda service.
        function: name or ARN of the served model's function.
        reason: what is written beside the alias; where it is there already, nothing is moved again.
        since: when the trouble began. A version that was published later is not to blame, and one that is not new
            is not either; without it, as a person asks, both are let through.

    Raises:
        RollbackError: nothing was moved.
    """
    alias = client.get_alias(FunctionName=function, Name=ALIAS)
    if reason in alias.get("Description", ""):
        raise RollbackError("this was rolled back before")
    versions = _list_versions(client, function)
    serving = versions.get(alias["FunctionVersion"])
    if serving is None:
        raise RollbackError(f"the alias {ALIAS} is at {alias['FunctionVersion']}, which is no published version")
    if since is not None:
        published = _read_time(serving["LastModified"])
        if published > since:
            raise RollbackError(f"version {serving['Version']} was published after the trouble began")
        if datetime.now(UTC) - published > NEW_FOR:
            raise RollbackError(f"version {serving['Version']} has served for over {NEW_FOR.days} days: it is not new")
    earlier = [each for number, each in versions.items() if int(number) < int(serving["Version"])]
    others = [each for each in earlier if _describe_model(each) != _describe_model(serving)]
    if not others:
        raise RollbackError(f"no version before {serving['Version']} holds another model")
    target = max(others, key=lambda each: int(each["Version"]))["Version"]
    return _move(client, function, alias, target, f"back from {serving['Version']}: {reason}")


def roll_forward(client: Any, function: str, *, reason: str) -> Move:
    """Point the alias at the newest version again. Raises RollbackError where it is there."""
    alias = client.get_alias(FunctionName=function, Name=ALIAS)
    newest = max(_list_versions(client, function), key=int, default=alias["FunctionVersion"])
    if newest == alias["FunctionVersion"]:
        raise RollbackError(f"the alias {ALIAS} is at the newest version, {newest}")
    return _move(client, function, alias, newest, reason)


def _move(client: Any, function: str, alias: Mapping[str, Any], target: str, description: str) -> Move:
    client.update_alias(
        FunctionName=function,
        Name=ALIAS,
        FunctionVersion=target,
        Description=description[:256],
        RoutingConfig={"AdditionalVersionWeights": {}},
        RevisionId=alias["RevisionId"],  # somebody else's move in between is not undone
    )
    return Move(alias["FunctionVersion"], target)


def _list_versions(client: Any, function: str) -> dict[str, Mapping[str, Any]]:
    pages = client.get_paginator("list_versions_by_function").paginate(FunctionName=function)
    return {each["Version"]: each for page in pages for each in page["Versions"] if each["Version"].isdigit()}


def _describe_model(version: Mapping[str, Any]) -> tuple[str, ...]:
    variables = version.get("Environment", {}).get("Variables", {})
    return (version.get("CodeSha256", ""), *(variables.get(name, "") for name in MADE_OF))


def _read_time(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("+0000", "+00:00"))
