"""Install npm packages at their locked versions on first use, with the virtual environment's own Node."""

import hashlib
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from predmon.environment import environment, tools_path
from predmon.errors import UserError
from predmon.paths import quoted, remove
from predmon.progress import print_step
from predmon.tools.exclusive import NAME, exclusive


def install(source: Path, folder: Path, description: str, finish: Callable[[], None] = lambda: None) -> None:
    """Install the packages that `source` locks into `folder`, unless they are there. `finish` is the last step.

    Only one process installs at a time. An interrupted installation starts again. Raises UserError with npm's output.
    """
    wanted = hashlib.sha256((source / "package-lock.json").read_bytes()).hexdigest()
    with exclusive(folder):
        stamp = folder / "installed"
        if stamp.exists() and stamp.read_text() == wanted:
            return
        print_step(f"Installing {description}")
        for old in folder.iterdir():
            if old.name != NAME:
                remove(old)
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(source / name, folder / name)
        run(folder, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        finish()
        stamp.write_text(wanted)


def run(folder: Path, *command: str, **variables: str) -> None:
    """Run a Node tool in `folder`. Raises UserError with its output."""
    env = environment(PATH=tools_path(), **variables)
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
    if done.returncode != 0:
        raise UserError(
            f"{command[0]} failed in {quoted(folder)}:\n{done.stderr.strip()[-1500:]}\n"
            "Check the network, then run the same command again."
        )
