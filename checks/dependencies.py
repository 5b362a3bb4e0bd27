"""Known vulnerabilities in what is locked: `python -m checks.dependencies [--required]`.

Asks the package index's advisory service through pip-audit. Where that does not answer (offline, a mirror without
advisories) nothing was audited, which is said plainly and passes unless `--required`.
"""

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
TIMEOUT_SECONDS = 120


@dataclass(frozen=True)
class Audit:
    """What came of it; `unknown` are the packages that the service said nothing of."""

    audited: int
    unknown: int
    vulnerable: tuple[str, ...] = ()
    why: str = ""

    @property
    def says(self) -> str:
        """The result in words."""
        if self.vulnerable:
            return "\n".join(self.vulnerable)
        if not self.audited:
            return f"Dependencies NOT audited: {self.why or 'the index here gives no advisories'}. CI audits them."
        left = f"; {self.unknown} unknown to the service" if self.unknown else ""
        return f"{self.audited} dependencies audited, none with a known vulnerability{left}."

    def passes(self, *, required: bool) -> bool:
        """Whether to go on."""
        return not self.vulnerable and (bool(self.audited) or not required)


def locks() -> list[Path]:
    """Every lock file of what is deployed or run here; those of benchmarks and training hold other environments."""
    return [
        ROOT / "requirements.lock",
        *sorted(ROOT.glob("*_*/requirements.txt")),
        *sorted(ROOT.glob("dashboards/*/requirements.txt")),
    ]


def read(reports: Iterable[dict[str, Any]]) -> Audit:
    """Judge pip-audit's JSON reports, one for each lock file."""
    found = (each for report in reports for each in report["dependencies"])
    packages = {(each["name"], each.get("version")): each for each in found}.values()
    known = [each for each in packages if "skip_reason" not in each]
    vulnerable = tuple(
        f"{each['name']} {each['version']}: {hole['id']}, fixed in {', '.join(hole['fix_versions']) or 'none yet'}"
        for each in known
        for hole in each["vulns"]
    )
    return Audit(len(known), len(packages) - len(known), vulnerable)


def audit(files: Sequence[Path]) -> Audit:
    """Ask for every package that the lock files name; they may pin different versions, so each is asked by itself."""
    with ThreadPoolExecutor() as pool:
        try:
            return read(pool.map(_report, files))
        except AuditError as error:
            return Audit(0, 0, why=str(error))


class AuditError(Exception):
    """The service gave no answer."""


def _report(file: Path) -> dict[str, Any]:
    options = ["--format", "json", "--progress-spinner", "off", "--disable-pip", "--no-deps"]
    command = [str(Path(sys.executable).with_name("pip-audit")), *options, "--requirement", str(file)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_SECONDS)
        return json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise AuditError(f"no answer within {TIMEOUT_SECONDS} s") from None
    except json.JSONDecodeError:
        raise AuditError((done.stderr.strip().splitlines() or ["pip-audit said nothing"])[-1]) from None


def main() -> None:
    """Audit; status 1 for a vulnerability, and with --required also where nothing could be audited."""
    result = audit(locks())
    print(result.says)
    sys.exit(0 if result.passes(required="--required" in sys.argv[1:]) else 1)


if __name__ == "__main__":
    main()
