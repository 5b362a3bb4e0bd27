"""npm packages at their locked versions, installed on first use with the environment's own Node."""

import fcntl
import hashlib
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from predmon.environment import environment, tools_path
from predmon.errors import LocalError
from predmon.paths import remove
from predmon.progress import say


def install(source: Path, folder: Path, what: str, finish: Callable[[], None] = lambda: None) -> None:
    """Put the packages that `source` locks into `folder`, unless they are there; `finish` belongs to it.

    One at a time, whoever else wants them there; what broke off is begun anew. Raises LocalError with npm's words.
    """
    wanted = hashlib.sha256((source / "package-lock.json").read_bytes()).hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = folder / "installed"
        if stamp.exists() and stamp.read_text() == wanted:
            return
        say(f"Installing {what}")
        for old in folder.iterdir():
            if old.name != "lock":
                remove(old)
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(source / name, folder / name)
        run(folder, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        finish()
        stamp.write_text(wanted)


def run(folder: Path, *command: str, **variables: str) -> None:
    """Run a Node tool in `folder`. Raises LocalError with its words."""
    env = environment(PATH=tools_path(), **variables)
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
    if done.returncode != 0:
        raise LocalError(
            f"{command[0]} failed in {folder}:\n{done.stderr.strip()[-1500:]}\nCheck the network, then run it again."
        )
