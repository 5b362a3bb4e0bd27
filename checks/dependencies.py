"""Find known vulnerabilities in the locked packages: `python -m checks.dependencies [--required]`.

It asks the advisory service of the package index through pip-audit. If the service does not answer (offline, or a
mirror without advisories), nothing was audited. Then the check says so, and passes unless `--required` is given.
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
PIP_AUDIT = Path(sys.executable).with_name("pip-audit")
TIMEOUT_SECONDS = 120


@dataclass(frozen=True)
class Audit:
    """The result. `unknown` are packages without an answer; `silent` are lock files without an answer, and why."""

    audited: int
    unknown: int
    vulnerable: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()

    @property
    def says(self) -> str:
        """Return the result in words."""
        lines = list(self.vulnerable)
        if self.audited and not self.vulnerable:
            left = f"; the service does not know {self.unknown}" if self.unknown else ""
            lines = [f"{self.audited} dependencies audited, none with a known vulnerability{left}."]
        if self.silent or not self.audited:
            why = "; ".join(self.silent) or "the index here gives no advisories"
            lines.append(f"Dependencies NOT audited: {why}. CI audits them.")
        return "\n".join(lines)

    def passes(self, *, required: bool) -> bool:
        """Return whether the check passes."""
        whole = bool(self.audited) and not self.silent
        return not self.vulnerable and (whole or not required)


def locks() -> list[Path]:
    """Return every lock file of what is deployed or run here, without those of benchmarks and training."""
    return [
        ROOT / "requirements.lock",
        *sorted(ROOT.glob("*_*/requirements.txt")),
        *sorted(ROOT.glob("dashboards/*/requirements.txt")),
        *sorted(ROOT.glob("monitors/*/requirements.txt")),
    ]


def read(reports: Iterable[dict[str, Any]], silent: Sequence[str] = ()) -> Audit:
    """Return the result of pip-audit's JSON reports: one for each lock file that is not `silent`."""
    found = (each for report in reports for each in report["dependencies"])
    packages = {(each["name"], each.get("version")): each for each in found}.values()
    known = [each for each in packages if "skip_reason" not in each]
    vulnerable = tuple(
        f"{each['name']} {each['version']}: {hole['id']}, fixed in {', '.join(hole['fix_versions']) or 'none yet'}"
        for each in known
        for hole in each["vulns"]
    )
    return Audit(len(known), len(packages) - len(known), vulnerable, tuple(silent))


def audit(files: Sequence[Path]) -> Audit:
    """Ask about every package of the lock files, file by file, because they may pin different versions."""
    reports, silent = [], []
    with ThreadPoolExecutor() as pool:
        asked = [pool.submit(_report, file) for file in files]
    for file, answer in zip(files, asked, strict=True):
        try:
            reports.append(answer.result())
        except AuditError as error:
            silent.append(f"{file.parent.name}/{file.name}: {error}")
    return read(reports, silent)


class AuditError(Exception):
    """The service gave no answer."""


def _report(file: Path) -> dict[str, Any]:
    options = ["--format", "json", "--progress-spinner", "off", "--disable-pip", "--no-deps"]
    command = [str(PIP_AUDIT), *options, "--requirement", str(file)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_SECONDS)
        report: dict[str, Any] = json.loads(done.stdout)
        return report
    except subprocess.TimeoutExpired:
        raise AuditError(f"no answer within {TIMEOUT_SECONDS} s") from None
    except json.JSONDecodeError:
        raise AuditError((done.stderr.strip().splitlines() or ["pip-audit said nothing"])[-1]) from None


def main() -> None:
    """Audit. Return status 1 for a vulnerability, and with --required also if nothing could be audited."""
    result = audit(locks())
    print(result.says)
    sys.exit(0 if result.passes(required="--required" in sys.argv[1:]) else 1)


if __name__ == "__main__":
    main()
