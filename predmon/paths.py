"""Where the local cloud keeps things: under `.local/`."""

import os
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCAL = Path(os.environ.get("PREDMON_HOME") or ROOT / ".local").resolve()
"""State of one local cloud. `PREDMON_HOME` names another place, so that a second one can run beside the first."""
LOGS = LOCAL / "logs"
OUTPUTS = LOCAL / "outputs.json"
ENV = LOCAL / "env"
TOOLS = ROOT / ".local" / "node"
"""The npm tools, which every local cloud of this checkout uses."""
NODE_MODULES = TOOLS / "node_modules"


def remove(path: Path) -> None:
    """Remove a file, or a folder with all that is in it, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
