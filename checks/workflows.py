"""Check the GitHub workflows with actionlint, and that each action is pinned by its commit.

Run it with `python -m checks.workflows`.
"""

import re
import subprocess
import sys
from pathlib import Path

WORKFLOWS = Path(__file__).parent.parent / ".github" / "workflows"
ACTIONLINT = Path(sys.executable).with_name("actionlint")


def unpinned(workflow: str) -> list[str]:
    """Return the lines that use an action in another form than `owner/name@<40 hex digits> # v1.2.3`."""
    uses = [line.strip() for line in workflow.splitlines() if re.match(r"\s*(- )?uses:", line)]
    return [line for line in uses if not re.fullmatch(r"(- )?uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+)+", line)]


def main() -> None:
    """Check all workflows. Print what is wrong, and return status 1 if anything is."""
    files = sorted(WORKFLOWS.glob("*.yml"))
    problems = [f"{file.name}: not pinned by commit: {line}" for file in files for line in unpinned(file.read_text())]
    # Without the tools that happen to be on the machine, so that everyone sees the same result.
    command = [str(ACTIONLINT), "-shellcheck=", "-pyflakes=", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True)
    problems += [done.stdout + done.stderr] if done.returncode else []
    print("\n".join(problems) or f"{len(files)} workflows are valid, and their actions pinned.")
    sys.exit(1 if problems or not files else 0)


if __name__ == "__main__":
    main()
