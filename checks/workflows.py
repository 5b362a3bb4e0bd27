"""The GitHub workflows against actionlint, and each action pinned by its full commit: `python -m checks.workflows`."""

import re
import subprocess
import sys
from pathlib import Path

WORKFLOWS = Path(__file__).parent.parent / ".github" / "workflows"
ACTIONLINT = Path(sys.executable).with_name("actionlint")


def unpinned(workflow: str) -> list[str]:
    """The lines that use an action otherwise than `owner/name@<40 hex digits> # v1.2.3`."""
    uses = [line.strip() for line in workflow.splitlines() if re.match(r"\s*(- )?uses:", line)]
    return [line for line in uses if not re.fullmatch(r"(- )?uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+)+", line)]


def main() -> None:
    """Check all workflows; status 1 and what is wrong if anything is."""
    files = sorted(WORKFLOWS.glob("*.yml"))
    problems = [f"{file.name}: not pinned by commit: {line}" for file in files for line in unpinned(file.read_text())]
    # Without what happens to be on the machine, so that everyone sees the same.
    command = [str(ACTIONLINT), "-shellcheck=", "-pyflakes=", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True)
    problems += [done.stdout + done.stderr] if done.returncode else []
    print("\n".join(problems) or f"{len(files)} workflows are valid, and their actions pinned.")
    sys.exit(1 if problems or not files else 0)


if __name__ == "__main__":
    main()
