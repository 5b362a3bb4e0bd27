"""Check every profile's template with cfn-lint in nine regions of three partitions: `python -m checks.regions`.

Takes minutes, since each region has resource types and schemas of its own. `make check` lints one region only; the
nightly workflow runs this. A region without function URLs gets the template that a deployment there would have.
"""

import sys
import tempfile
from pathlib import Path

import aws_cdk as cdk

from checks.profiles import PROFILES, composed
from checks.templates import lint, linter
from stacks.settings import Settings
from stacks.settings.regions import NO_FUNCTION_URLS, NO_USER_POOLS

REGIONS = (
    ("us-east-1", ("us-east-1", "us-west-1", "eu-central-1", "ap-southeast-2")),
    ("cn-north-1", ("cn-north-1",)),
    ("cn-northwest-1", ("cn-northwest-1",)),
    ("us-gov-west-1", ("us-gov-west-1", "us-gov-east-1")),
    ("eu-central-2", ("eu-central-2",)),
)
"""The region that the stack is synthesised for → the regions in which its template is linted."""


def main() -> None:
    """Lint all. Print one line for each problem, and return status 1 if there are any."""
    problems = []
    for profile, settings in PROFILES.items():
        for home, regions in REGIONS:
            assert len({each in NO_FUNCTION_URLS for each in regions}) == 1
            if Settings.from_context(settings).sign_in == "cognito" and home in NO_USER_POOLS:
                continue  # refused before anything is deployed
            with tempfile.TemporaryDirectory() as folder:
                app = composed(settings, Path(folder), cdk.Environment(account="123456789012", region=home))
                for stack in app.synth().stacks:
                    found = lint(profile, Path(stack.template_full_path), linter(regions))
                    problems += [f"{', '.join(regions)}: {each}" for each in found]
    count = sum(len(regions) for _, regions in REGIONS)
    print("\n".join(problems) or f"Templates of {', '.join(PROFILES)}: nothing to object to in {count} regions.")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
