"""The README's four ways of use: each command is typed as written there, on a cloud only for this test."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.documents import ROOT, consoles
from tests.local.conftest import Cloud

README = dict(consoles(ROOT / "README.md"))
GROUPS = ("/aws/lambda/reviews", "/aws/lambda/prices")
CHANGING = re.compile(
    r"(?<=source )\S+|\d{4}-\d\d-\d\d \d\d:\d\d|[0-9a-f]{13,}|[0-9A-F]{8,}(-[0-9A-F]+)?|:\d{4,5}|lambda-url/\w+"
    # Which of the predictions at an hour's border are in it depends on the second at which the demo started.
    r"|\d+(\.\d+)? %|0\.\d+|[\d,]+(?= predictions have)"
)


class Walk:
    """A person in the repository's folder who types the README's commands."""

    def __init__(self, home: Path) -> None:
        self.cloud = Cloud(home, "")
        self.typed: set[str] = set()

    def type(
        self, command: str, *changes: tuple[str, str], folder: Path = ROOT, seconds: float = 300, **environment: str
    ) -> str:
        """Run one of the README's commands, with what only its reader can know put in; give what it prints."""
        assert command in README, f"the README does not say: {command}"
        self.typed.add(command)
        for old, new in changes:
            command = command.replace(old, new)
        outside = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "DASHBOARDS_"))}
        done = subprocess.run(
            command,
            shell=True,
            cwd=folder,
            env=outside | {"PREDMON_HOME": str(self.cloud.home)} | environment,
            capture_output=True,
            text=True,
            timeout=seconds,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr


def as_shown(text: str) -> str:
    """Return the text in one line, without what differs from run to run. The width of words decides where it breaks."""
    return " ".join(CHANGING.sub("…", text).split())


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    walk = Walk(tmp_path_factory.mktemp("readme"))
    yield walk
    environ = os.environ | {"PREDMON_HOME": str(walk.cloud.home)}
    subprocess.run(["make", "clean"], cwd=ROOT, env=environ, check=True, timeout=120)


@pytest.fixture(scope="module")
def demo(walk: Walk) -> str:
    return walk.type("make demo")


def outputs_in(text: str) -> list[str]:
    """Return the names of the stack's outputs that are listed in a text."""
    return re.findall(r"^([A-Z]\w+) {2,}\S", text, re.MULTILINE)


def documented_outputs() -> set[str]:
    """Return the stack's outputs that docs/architecture.md names."""
    section = (ROOT / "docs/architecture.md").read_text().partition("## Outputs of the stack")[2].partition("\n## ")[0]
    return set(re.findall(r"`(\w+)`", section))


def test_the_demo_prints_what_the_readme_shows(demo: str) -> None:
    printed = as_shown(demo)
    shown = [as_shown(line) for line in README["make demo"].splitlines() if line]

    assert len(shown) > 10
    assert [line for line in shown if line not in printed] == []
    assert [line for line in demo.splitlines() if line.endswith(" ")] == []
    # The steps are printed to the other stream, and stand behind it here.
    assert "Good: " in "\n".join(demo.partition("• ")[0].splitlines()[-15:])
    assert len(outputs_in(README["make demo"])) == 4
    assert set(outputs_in(demo)) <= documented_outputs()


def test_the_first_look_has_a_day_of_history_a_drift_and_how_right_the_model_is(walk: Walk, demo: str) -> None:
    search = walk.cloud.search
    hours = {"hours": {"date_histogram": {"field": "@timestamp", "fixed_interval": "1h", "min_doc_count": 1}}}

    found = search.search(index="cwl-*", body={"size": 0, "aggs": hours})["aggregations"]["hours"]["buckets"]
    newest = {"size": 1, "sort": [{"@timestamp": "desc"}], "query": {"term": {"kind": "run"}}}
    verdict = search.search(index="drift-*", body=newest)["hits"]["hits"][0]["_source"]["verdict"]

    assert len(found) >= 24
    assert verdict == "drift"
    assert search.count(index="prediction-actuals", body={"query": {"term": {"state": "joined"}}})["count"] == 1176


def test_own_sentences_arrive_and_are_counted(walk: Walk, demo: str, tmp_path: Path) -> None:
    mine = tmp_path / "mine.csv"
    mine.write_text("sentence\nThe boy sits on a bench.\nThe boy sits a bench on.\n")

    said = walk.type(".venv/bin/predmon send my-sentences.csv --wait", ("my-sentences.csv", str(mine)))

    assert "sent 2 = indexed 2" in said
    assert "4,802 predictions indexed, 0 lines kept raw" in walk.type(".venv/bin/predmon status")


def test_without_a_change_nothing_is_deployed_again_and_what_was_indexed_stays(walk: Walk, demo: str) -> None:
    indexed = walk.cloud.search.count(index="cwl-*")

    again = walk.type(".venv/bin/predmon up")

    assert "Nothing has changed since the last deployment" in again
    assert f"DashboardUrl            {walk.cloud.outputs['DashboardUrl']}" in again
    assert walk.cloud.search.count(index="cwl-*") == indexed


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ('make deploy ARGS="-c allowed_cidrs=203.0.113.7/32"', "1 x t3.small.search"),
        ('make deploy ARGS="-c profile=production -c alarm_email=oncall@example.com"', "3 x r7g.large.search"),
    ],
)
def test_a_deployment_to_aws_is_synthesised_compared_and_costed(walk: Walk, demo: str, command: str, says: str) -> None:
    compared = walk.type(command, ('ARGS="', 'ARGS="--dry-run '), **walk.cloud.env)

    assert says in compared
    assert "Stack PredictionMonitoring" in compared


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout of somebody who has the files, a Python and the CDK command line, but neither make nor predmon."""
    folder = tmp_path_factory.mktemp("plain")
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in listed.splitlines():
        if (ROOT / name).exists() and not name.startswith(("tests/", "benchmarks/")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def test_plain_cdk_deploy_works_with_a_virtual_environment_made_by_pip(walk: Walk, demo: str, plain: Path) -> None:
    """With uv for pip, which takes a tenth of the time and the same lock file; and npm's command line by its path."""
    uv = f"{Path(sys.executable).with_name('uv')} pip install -q --python .venv/bin/python"
    cdk = ("npx aws-cdk@2.1148.1", str(ROOT / ".local/node/node_modules/.bin/cdk"))
    here = f"--require-approval never -c profile=local -c dashboards_url={walk.cloud.env['DASHBOARDS_URL']}"
    python = ("python3 ", f"{sys.executable} ")

    walk.type(
        "python3 -m venv .venv && .venv/bin/pip install -r requirements.lock",
        (".venv/bin/pip install", uv),
        python,
        folder=plain,
    )
    walk.type("npx aws-cdk@2.1148.1 bootstrap", cdk, folder=plain, **walk.cloud.env)
    said = walk.type(
        "npx aws-cdk@2.1148.1 deploy -c allowed_cidrs=203.0.113.7/32",
        cdk,
        ("-c allowed_cidrs=203.0.113.7/32", here),
        folder=plain,
        **walk.cloud.env,
    )

    assert f"PredictionMonitoring.DashboardUrl = {walk.cloud.outputs['DashboardUrl']}" in said
    assert "feature flags are not configured" not in said


def test_the_log_groups_of_an_own_model_are_attached(walk: Walk, demo: str) -> None:
    logs = walk.cloud.client("logs")
    for group in GROUPS:
        logs.create_log_group(logGroupName=group)
    here = f'ARGS="--yes -c profile=local -c dashboards_url={walk.cloud.env["DASHBOARDS_URL"]} '

    walk.type(
        'make deploy ARGS="-c inference=false -c log_groups=/aws/lambda/reviews,/aws/lambda/prices"',
        ('ARGS="', here),
        **walk.cloud.env,
    )

    for group in GROUPS:
        (only,) = logs.describe_subscription_filters(logGroupName=group)["subscriptionFilters"]
        assert only["filterPattern"] == "prediction"


def test_the_end_stops_everything_and_no_command_of_the_readme_was_left_out(walk: Walk, demo: str) -> None:
    assert "Stopped " in walk.type(".venv/bin/predmon down")
    assert walk.typed == set(README)
