"""Run all checks at once, because each waits for something else: `python -m checks`.

The checks of templates run in `tests/synth`, which has the templates.
"""

import subprocess
import sys

GUARDS = ("checks.dependencies", "checks.workflows", "checks.requests")


def main() -> None:
    """Run every check to its end. Return status 1 if one of them finds something."""
    running = [subprocess.Popen([sys.executable, "-m", guard]) for guard in GUARDS]
    statuses = [guard.wait() for guard in running]
    sys.exit(1 if any(statuses) else 0)


if __name__ == "__main__":
    main()
