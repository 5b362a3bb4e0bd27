"""Where the local cloud keeps things. Everything it writes lies under `.local/`, which `make clean` empties."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCAL = ROOT / ".local"
LOGS = LOCAL / "logs"
OUTPUTS = LOCAL / "outputs.json"
ENV = LOCAL / "env"
