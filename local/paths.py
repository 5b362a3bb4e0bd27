"""Where the local cloud keeps things: under `.local/`, which `make clean` removes."""

import os
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
