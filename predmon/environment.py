"""The environment of what is started here, and this process's own."""

import os
import sys
from pathlib import Path


def environment(**changes: str) -> dict[str, str]:
    """This process's environment with `changes`, without the AWS settings, which lead to somebody's account."""
    return {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | changes


def tools_path() -> str:
    """PATH with this environment's own `node` and tools first."""
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])


def bypass_proxies() -> None:
    """Take this machine out of what HTTP_PROXY and its kin redirect, here and in what is started from here."""
    given = [os.environ.get("no_proxy", ""), os.environ.get("NO_PROXY", ""), "127.0.0.1", "localhost"]
    hosts = ",".join(dict.fromkeys(filter(None, ",".join(given).split(","))))
    # Both spellings: a tool that knows the lower one passes over the other.
    os.environ |= {"no_proxy": hosts, "NO_PROXY": hosts}
