"""Every profile's template against cfn-lint and cdk-nag's AwsSolutions rules: `python -m checks.templates`.

`--all` also checks every sign-in, which takes longer. All in one process, without bundling: the CDK's own start is what
takes time. A finding must be mended, or accepted in `checks/findings.py` with its reason; what stands there must still
be found, so that the list cannot outlive its cause.
"""

import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import aws_cdk as cdk
import cdk_nag
import cfnlint.api
from cfnlint.config import ManualArgs

from checks.findings import Finding, judge
from checks.profiles import PROFILES, SIGN_IN, composed

LINT_IGNORED = ["W3005"]
"""The CDK names dependencies that a reference implies already; harmless, and not ours to leave out."""
LINT_REGION = "eu-central-1"


def nag(profile: str, app: cdk.App) -> Iterator[Finding]:
    """What the AwsSolutions rules find in the app's constructs."""
    for violation in cdk_nag.AwsSolutionsChecks(app).validate_scope(app).violations:
        rule = re.sub(r"<([A-Za-z]+?)[0-9A-F]{8}\.Arn>", r"<\1.Arn>", violation.rule_name)
        for resource in violation.violating_resources:
            yield Finding(profile, rule, resource.construct_path or "", violation.description)


def lint(profile: str, template: Path) -> Iterator[Finding]:
    """What cfn-lint finds in a template."""
    config = ManualArgs(regions=[LINT_REGION], ignore_checks=LINT_IGNORED)
    for match in cfnlint.api.lint(template.read_text(), config=config):
        yield Finding(profile, match.rule.id, "/".join(map(str, match.path or [])), match.message)


def main() -> None:
    """Check every profile; status 1 and one line a problem if there are any."""
    findings: list[Finding] = []
    checked = PROFILES | SIGN_IN if "--all" in sys.argv[1:] else PROFILES
    with tempfile.TemporaryDirectory() as folder:
        for profile, settings in checked.items():
            app = composed(settings, Path(folder) / profile)
            for stack in app.synth().stacks:
                findings += lint(profile, Path(stack.template_full_path))
            findings += nag(profile, app)
    problems = judge(findings)
    print("\n".join(problems) or f"Templates of {', '.join(checked)}: {len(findings)} findings, each accepted.")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
