"""Run a part of the drift benchmark: `python -m benchmarks.drift [windows|weeks|agreement] …`, windows by default.

Evidently and NannyML bring a hundred packages that nothing else here needs; they go to `.local/benchmarks-drift`.
`python -m benchmarks.drift.texts` and `python -m benchmarks.drift.cost` run in the project's own environment.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOME = ROOT / ".local" / "benchmarks-drift"
UV = [sys.executable, "-m", "uv"]
PYTHON = HOME / "bin" / "python"
PARTS = {
    "windows": "benchmarks.drift.simulate",
    "weeks": "benchmarks.drift.weeks",
    "agreement": "benchmarks.drift.agreement",
}


def main(arguments: list[str]) -> int:
    """Install what is missing, run the part, and return its status."""
    name = arguments.pop(0) if arguments and arguments[0] in PARTS else "windows"
    if not PYTHON.exists():
        subprocess.run([*UV, "venv", "-q", "--python", sys.executable, str(HOME)], check=True)
    install = ["pip", "install", "-q", "--python", str(PYTHON), "--require-hashes", "-r"]
    subprocess.run([*UV, *install, str(ROOT / "benchmarks" / "drift" / "requirements.txt")], check=True)
    command = [str(PYTHON), "-m", PARTS[name], *arguments]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
