"""The environment of the processes that we start, and of this process."""

import os
import sys
from pathlib import Path


def environment(**changes: str) -> dict[str, str]:
    """Return this process's environment with `changes`, without the `AWS_` variables, which lead to a real account."""
    return {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | changes


def tools_path() -> str:
    """Return PATH with the virtual environment's own `node` and tools first."""
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])


def bypass_proxies() -> None:
    """Keep requests to this machine away from any proxy, in this process and in its children."""
    given = [os.environ.get("no_proxy", ""), os.environ.get("NO_PROXY", ""), "127.0.0.1", "localhost"]
    hosts = ",".join(dict.fromkeys(filter(None, ",".join(given).split(","))))
    # Set both spellings: some tools read only one of them.
    os.environ |= {"no_proxy": hosts, "NO_PROXY": hosts}
