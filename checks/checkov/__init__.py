"""Check templates with Checkov, in an environment of its own: it asks for other packages than the rest of the project.

`.local/checkov` holds the environment. It is made on first use, from the locked and hashed packages beside this file.
Checkov sends nothing anywhere.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from checks.checkov.accepted import ACCEPTED
from checks.violations import Violation

__all__ = ["ACCEPTED", "CheckovError", "start", "violations"]

LOCK = Path(__file__).with_name("requirements.txt")
HOME = Path(__file__).resolve().parents[2] / ".local" / "checkov"
UV = Path(sys.executable).with_name("uv")
CHECK = """
import gc, json, sys
gc.disable()  # it runs for seconds, and collecting takes a third of them
from checkov.cloudformation.runner import Runner
from checkov.runner_filter import RunnerFilter
report = Runner().run(sys.argv[1], runner_filter=RunnerFilter(framework=["cloudformation"]))
print(json.dumps(report.get_dict(), default=str))
"""
"""What runs in Checkov's own environment. Its command loads the runners of all other formats too, for twice the CPU."""


class CheckovError(Exception):
    """Checkov did not check the templates. The message says why."""


def start(folder: Path) -> subprocess.Popen[str]:
    """Start to check all templates in `folder`, in one process beside this one."""
    # Without the mapping it does not ask its maker for the severity of rules.
    env = os.environ | {"BC_SKIP_MAPPING": "TRUE", "LOG_LEVEL": "ERROR"}
    command = [str(_install()), "-c", CHECK, str(folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)


def violations(process: subprocess.Popen[str], templates: int) -> Iterator[Violation]:
    """Yield what Checkov finds. A file is called after its profile and stack: `dev+Name.json`.

    Raises:
        CheckovError: it did not end well, or did not read each of so many `templates`.
    """
    output, problems = process.communicate()
    try:
        report: dict[str, Any] = json.loads(output)
        results = report["results"]
    except (ValueError, KeyError, TypeError) as error:
        raise CheckovError(f"Checkov gave no report:\n{(problems or output).strip()[-1500:]}") from error
    read = {each["file_path"] for kind in ("passed_checks", "failed_checks") for each in results[kind]}
    if process.returncode or report["summary"]["parsing_errors"] or len(read) != templates:
        raise CheckovError(f"Checkov read {len(read)} of {templates} templates:\n{problems.strip()[-1500:]}")
    for each in results["failed_checks"]:
        profile, _, stack = each["file_path"].lstrip("/").partition("+")
        name = each["resource"].rpartition(".")[2]
        yield Violation(profile, each["check_id"], f"{stack.partition('.')[0]}/{name}", each["check_name"])


def _install() -> Path:
    """Return the Python that has Checkov, after its installation where that is missing."""
    digest = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()[:16]
    home = HOME / digest
    if not home.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        making = HOME / f"{digest}.{os.getpid()}"
        python = making / "bin" / "python"
        _run("venv", "--quiet", "--relocatable", "--python", sys.executable, str(making))
        _run("pip", "install", "--quiet", "--python", str(python), "--require-hashes", "--no-deps", "-r", str(LOCK))
        try:
            making.rename(home)
        except OSError:  # another process was faster
            shutil.rmtree(making)
    return home / "bin" / "python"


def _run(*arguments: str) -> None:
    done = subprocess.run([str(UV), *arguments], capture_output=True, text=True)
    if done.returncode:
        raise CheckovError(f"Checkov could not be installed:\n{done.stderr.strip()[-1500:]}")
