"""Runs the simulation in an environment of its own: `python -m benchmarks.drift [--repetitions 100]`.

Evidently and NannyML bring a hundred packages that nothing else here needs; they go to `.local/benchmarks-drift`.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOME = ROOT / ".local" / "benchmarks-drift"
UV = [sys.executable, "-m", "uv"]
PYTHON = HOME / "bin" / "python"

if not PYTHON.exists():
    subprocess.run([*UV, "venv", "-q", "--python", sys.executable, str(HOME)], check=True)
install = ["pip", "install", "-q", "--python", str(PYTHON), "--require-hashes", "-r"]
subprocess.run([*UV, *install, str(ROOT / "benchmarks" / "drift" / "requirements.txt")], check=True)
simulate = [str(PYTHON), "-m", "benchmarks.drift.simulate", *sys.argv[1:]]
sys.exit(subprocess.run(simulate, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}).returncode)
