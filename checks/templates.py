"""Check every profile's template with cfn-lint and cdk-nag's AwsSolutions rules: `python -m checks.templates`.

`--all` also checks every sign-in, which takes longer. All run in one process and without bundling, because starting the
CDK takes the most time. Repair each violation, or accept it in `checks/violations.py` with a reason. An acceptance
without a violation is a problem, too.
"""

import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import aws_cdk as cdk
import cdk_nag
import cfnlint.api
from cfnlint.config import ManualArgs

from checks.profiles import PROFILES, SIGN_IN, composed
from checks.violations import Violation, problems_in

LINT_IGNORED = ["W3005"]
"""The CDK names dependencies that a reference implies already; harmless, and not ours to leave out."""
LINT_REGIONS = ("eu-central-1",)


def nag(profile: str, app: cdk.App) -> Iterator[Violation]:
    """Return what the AwsSolutions rules find in the app's constructs."""
    for violation in cdk_nag.AwsSolutionsChecks(app).validate_scope(app).violations:
        rule = re.sub(r"<([A-Za-z]+?)[0-9A-F]{8}\.Arn>", r"<\1.Arn>", violation.rule_name)
        for resource in violation.violating_resources:
            yield Violation(profile, rule, resource.construct_path or "", violation.description)


def lint(profile: str, template: Path, regions: Sequence[str] = LINT_REGIONS) -> Iterator[Violation]:
    """Return what cfn-lint finds in a template: by the schemas of its resource types in each of the regions."""
    config = ManualArgs(regions=list(regions), ignore_checks=LINT_IGNORED)
    for match in cfnlint.api.lint(template.read_text(), config=config):
        yield Violation(profile, match.rule.id, "/".join(map(str, match.path or [])), match.message)


def main() -> None:
    """Check every profile. Print one line for each problem, and return status 1 if there are any."""
    violations: list[Violation] = []
    checked = {**PROFILES, **(SIGN_IN if "--all" in sys.argv[1:] else {})}
    with tempfile.TemporaryDirectory() as folder:
        for profile, settings in checked.items():
            app = composed(settings, Path(folder) / profile)
            for stack in app.synth().stacks:
                violations += lint(profile, Path(stack.template_full_path))
            violations += nag(profile, app)
    problems = problems_in(violations)
    print("\n".join(problems) or f"Templates of {', '.join(checked)}: {len(violations)} violations, each accepted.")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
