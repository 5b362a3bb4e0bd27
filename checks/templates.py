"""Check every profile's template with four sets of rules: `python -m checks.templates`.

These are cfn-lint, cdk-nag's AwsSolutions, parliament and Checkov. `--all` also checks every sign-in, which takes
longer. `tests/synth/test_rules.py` does the same with the templates that all tests there share. Repair each violation,
or accept it with a reason: in `checks/violations.py`, for Checkov in `checks/checkov/accepted.py`. An acceptance
without a violation is a problem, too, and so is a set of rules that cannot run.
"""

import gc
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import aws_cdk as cdk
import cdk_nag
from cfnlint.config import ConfigMixIn, ManualArgs
from cfnlint.decode.decode import decode_str
from cfnlint.runner import Runner

from checks import checkov
from checks.policies import check_policies
from checks.profiles import PROFILES, SIGN_IN, composed
from checks.violations import ACCEPTED, Violation, problems_in

LINT_IGNORED = ["W3005"]
"""The CDK names dependencies that a reference implies already; harmless, and not ours to leave out."""
LINT_REGIONS = ("eu-central-1",)


def nag(profile: str, app: cdk.App) -> Iterator[Violation]:
    """Return what the AwsSolutions rules find in the app's constructs."""
    for violation in cdk_nag.AwsSolutionsChecks(app).validate_scope(app).violations:
        rule = re.sub(r"<([A-Za-z]+?)[0-9A-F]{8}\.Arn>", r"<\1.Arn>", violation.rule_name)
        for resource in violation.violating_resources:
            yield Violation(profile, rule, resource.construct_path or "", violation.description)


def linter(regions: Sequence[str] = LINT_REGIONS) -> Runner:
    """Return cfn-lint with its rules, by the schemas of resource types in each of the regions. Loading takes long."""
    return Runner(ConfigMixIn(**ManualArgs(regions=list(regions), ignore_checks=LINT_IGNORED)))


def lint(profile: str, template: Path, runner: Runner) -> Iterator[Violation]:
    """Return what cfn-lint finds in a template."""
    decoded, broken = decode_str(template.read_text())
    for match in broken or runner.validate_template(decoded or {}):
        yield Violation(profile, match.rule.id, "/".join(map(str, match.path or [])), match.message)


def find_violations(apps: Mapping[str, cdk.App], folder: Path) -> list[Violation]:
    """Return what all sets of rules find in the templates of `apps`: name → app. `folder` is for files.

    Raises:
        CheckovError: a set of rules could not run, which is no pass.
    """
    # Checkov looks for secrets of 40 letters in the path, too: a `_` ends what it takes for one.
    templates = folder / "templates_"
    templates.mkdir()
    for profile, app in apps.items():
        for stack in app.synth().stacks:
            shutil.copyfile(stack.template_full_path, templates / f"{profile}+{stack.stack_name}.json")
    files = sorted(templates.iterdir())
    running = checkov.start(templates)  # on another processor, while the rest runs here
    found: list[Violation] = []
    gc.disable()  # cfn-lint makes millions of small objects: collecting takes a third of its time
    try:
        runner = linter()
        for file in files:
            profile, _, stack_name = file.stem.partition("+")
            found += lint(profile, file, runner)
            found += check_policies(profile, stack_name, json.loads(file.read_text()))
    finally:
        gc.enable()
    for profile, app in apps.items():
        found += nag(profile, app)
    return [*found, *checkov.violations(running, len(files))]


def main() -> None:
    """Check every profile. Print one line for each problem, and return status 1 if there are any."""
    checked = {**PROFILES, **(SIGN_IN if "--all" in sys.argv[1:] else {})}
    with tempfile.TemporaryDirectory() as folder:
        try:
            apps = {profile: composed(settings, Path(folder, profile)) for profile, settings in checked.items()}
            violations = find_violations(apps, Path(folder))
        except checkov.CheckovError as error:
            sys.exit(str(error))
    problems = problems_in(violations, (*ACCEPTED, *checkov.ACCEPTED))
    print("\n".join(problems) or f"Templates of {', '.join(checked)}: {len(violations)} violations, each accepted.")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
