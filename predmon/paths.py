"""Where this checkout and its local clouds keep their files."""

import os
import shlex
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_HOME = ROOT / ".local"
NODE_TOOLS = DEFAULT_HOME / "node"
"""The npm tools. Every local cloud of this checkout uses the same ones."""
NODE_MODULES = NODE_TOOLS / "node_modules"


def home() -> Path:
    """Return the folder of the local cloud: `PREDMON_HOME`, else `.local` in the checkout.

    With another `PREDMON_HOME`, a second local cloud can run beside the first.
    """
    return Path(os.environ.get("PREDMON_HOME") or DEFAULT_HOME).resolve()


def quoted(path: Path) -> str:
    """Return a path as one word for a shell: in quotes if it has a space."""
    return shlex.quote(str(path))


def remove(path: Path) -> None:
    """Remove a file, or a folder with everything in it. Do nothing if it does not exist."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def write_private(path: Path, text: str) -> None:
    """Write a file that only this account of the machine can read."""
    path.touch(mode=0o600)
    path.chmod(0o600)  # of a file that was there before, too
    path.write_text(text)
