"""Every profile's template against cfn-lint and cdk-nag's AwsSolutions rules: `python -m checks.templates`.

All in one process, without bundling: the CDK's own start is what takes time. A finding must be mended, or accepted in
`checks/findings.py` with its reason; what stands there must still be found, so that the list cannot outlive its cause.
"""

import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import cdk_nag
import cfnlint.api
from cfnlint.config import ManualArgs

from checks.findings import Finding, judge
from stacks.deployment_role import DeploymentRole
from stacks.prediction_monitoring import PredictionMonitoring
from stacks.settings import Settings

PROFILES: Mapping[str, Mapping[str, Any]] = {
    "dev": {"allowed_cidrs": "203.0.113.7/32"},
    "production": {"profile": "production", "alarm_email": "oncall@example.com"},
    "kinesis": {"profile": "production", "transport": "kinesis", "github_repository": "owner/name"},
    "local": {"profile": "local", "alarms": True},
}
"""Name → the settings whose templates are checked."""
LINT_IGNORED = ["W3005"]
"""The CDK names dependencies that a reference implies already; harmless, and not ours to leave out."""
LINT_REGION = "eu-central-1"


def compose(settings: Mapping[str, Any], outdir: Path) -> cdk.App:
    """The app with these settings, as app.py makes it, without bundling."""
    app = cdk.App(context={"aws:cdk:bundling-stacks": []}, outdir=str(outdir))
    parsed = Settings.from_context(settings)
    PredictionMonitoring(app, "PredictionMonitoring", settings=parsed)
    if parsed.github_repository:
        DeploymentRole(app, "PredictionMonitoringDeployment", repository=parsed.github_repository, makes_provider=True)
    return app


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
    with tempfile.TemporaryDirectory() as folder:
        for profile, settings in PROFILES.items():
            app = compose(settings, Path(folder) / profile)
            for stack in app.synth().stacks:
                findings += lint(profile, Path(stack.template_full_path))
            findings += nag(profile, app)
    problems = judge(findings)
    print("\n".join(problems) or f"Templates of {', '.join(PROFILES)}: {len(findings)} findings, each accepted.")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
