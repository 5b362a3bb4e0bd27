"""The documents match the code: commands, options, settings, links, decisions."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from predmon.examples import EXAMPLES
from predmon.main import COMMANDS, predmon
from stacks.settings import Settings
from stacks.settings.page import page
from tests.documents import DOCUMENTS, ROOT, mentions

RECORDS = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
PAGES = [*DOCUMENTS, *sorted((ROOT / "docs/decisions").glob("*.md"))]
TEXT = (".py", ".md", ".lock", ".txt", ".in", ".json", ".toml", ".yml", ".ndjson", ".js")
NUMBER = re.compile(r"\bdecision\s+(\d+)\b")
FILE = re.compile(r"decisions/(\d{4}-[\w-]+\.md)")
TARGETS = re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE)


def parsed(group: click.Group, words: list[str]) -> None:
    """Parse words as the command line would, without running anything.

    Raises:
        click.UsageError: if the command line would refuse them.
    """
    context = click.Context(group)
    command = group.get_command(context, words[0])
    assert command, f"there is no {words[0]}"
    if isinstance(command, click.Group):
        return parsed(command, words[1:])
    given, rest, _ = command.make_parser(click.Context(command)).parse_args(words[1:])
    assert not rest, f"{words} has an argument too many"
    needed = {each.name for each in command.params if each.required}
    assert not {name for name in needed if given.get(name) is None}, f"{words} lacks an option"
    return None


def anchors(path: Path) -> set[str]:
    """Return the anchors of the page's headings, as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", EXAMPLES)
def test_the_example_of_a_command_is_one_that_it_takes(path: str) -> None:
    words = shlex.split(EXAMPLES[path])

    assert words[1 : len(path.split()) + 1] == path.split()
    parsed(predmon, words[1:])


def test_every_command_has_an_example() -> None:
    def paths(group: click.Group, before: str = "") -> Iterator[str]:
        context = click.Context(group)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            if isinstance(command, click.Group):
                yield from paths(command, f"{before}{name} ")
            else:
                assert command and (command.help or "").startswith("Example: predmon ")
                yield before + name

    assert sorted(paths(predmon)) == sorted(EXAMPLES)


@pytest.mark.parametrize("line", sorted(mentions("predmon")))
def test_a_documented_command_is_one_that_predmon_takes(line: str) -> None:
    parsed(predmon, shlex.split(line)[1:])


@pytest.mark.parametrize("line", sorted(mentions("make")))
def test_a_documented_target_is_in_the_makefile(line: str) -> None:
    assert shlex.split(line)[1] in TARGETS


def test_a_documented_setting_exists() -> None:
    text = "\n".join(document.read_text() for document in DOCUMENTS)
    named = set(re.findall(r"-c (\w+)=", text)) - {"name"}

    assert "log_groups" in named
    assert named <= set(Settings.__dataclass_fields__)


def test_every_command_and_every_make_target_is_documented() -> None:
    documents = "\n".join(document.read_text() for document in DOCUMENTS)

    assert [name for name in COMMANDS if f"predmon {name}" not in documents] == []
    assert [name for name in TARGETS if f"make {name}" not in documents] == []


def test_the_settings_page_is_what_the_settings_say() -> None:
    assert (ROOT / "docs/settings.md").read_text() == page(), "run: python -m stacks.settings.page > docs/settings.md"


@pytest.mark.parametrize("document", PAGES, ids=lambda d: d.name)
def test_every_link_leads_somewhere(document: Path) -> None:
    for link in re.findall(r"\]\((?!https?:|mailto:)([^)\s]+)\)", document.read_text()):
        name, _, anchor = link.partition("#")
        target = (document.parent / name).resolve() if name else document
        assert target.exists(), f"{document.name}: {link}"
        assert not anchor or anchor in anchors(target), f"{document.name}: {link}"


@pytest.mark.parametrize("document", PAGES, ids=lambda d: d.name)
def test_every_file_that_is_named_exists(document: Path) -> None:
    """A span in backticks that begins with a folder of the repository is a path of it."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    files = {Path(name) for name in listed}
    folders = {folder for file in files for folder in file.parents}
    top = {file.parts[0] for file in files if len(file.parts) > 1}
    spans = re.findall(r"`([\w.-]+(?:/[\w.-]+)+/?)`", document.read_text())

    assert [span for span in spans if span.split("/")[0] in top and Path(span) not in files | folders] == []


@pytest.mark.parametrize(
    ("pattern", "most"), [("CHANGELOG.md", 2_000), ("README.md", 900), ("docs/decisions", 5_000), ("*.md", 26_000)]
)
def test_the_documents_stay_short(pattern: str, most: int) -> None:
    """Replace a sentence instead of adding one. The lines of a table are no words."""
    listed = subprocess.run(["git", "ls-files", pattern], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    pages = [ROOT / name for name in listed.split() if name == pattern or name != "CHANGELOG.md"]

    words = [word for page in pages if page.exists() for word in page.read_text().split()]
    assert len([word for word in words if re.search(r"\w", word)]) <= most


def test_the_index_of_decisions_lists_each() -> None:
    index = (ROOT / "docs/decisions/README.md").read_text()

    assert [page.name for page in RECORDS if f"({page.name})" not in index] == []


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
def test_a_decision_has_its_number_a_status_and_a_date(record: Path) -> None:
    head = record.read_text().splitlines()[:4]

    assert head[0].startswith(f"# {int(record.name[:4])} · ")
    assert re.fullmatch(r"- Status: (accepted|superseded by \d+)", head[2])
    assert re.fullmatch(r"- Date: \d{4}-\d\d-\d\d( \(first version: \d{4}-\d\d-\d\d\))?", head[3])


def test_no_two_decisions_share_a_number() -> None:
    numbers = [record.name[:4] for record in RECORDS]

    assert sorted(set(numbers)) == numbers


def test_a_decision_that_is_named_exists() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    texts = {
        name: (ROOT / name).read_text()
        for name in listed.splitlines()
        if Path(name).suffix in (".py", ".md", ".in", ".toml", ".yml") and (ROOT / name).exists()
    }
    numbers = [(name, f"{int(number):04}") for name, text in texts.items() for number in NUMBER.findall(text)]
    files = [(name, file) for name, text in texts.items() for file in FILE.findall(text)]

    assert {name for name, _ in numbers} >= {"lambda_shipper/documents/building.py", "docs/security.md"}
    assert [each for each in numbers if each[1] not in {record.name[:4] for record in RECORDS}] == []
    assert [each for each in files if each[1] not in {record.name for record in RECORDS}] == []


def test_no_path_of_a_machine_and_no_registry_is_named() -> None:
    host = re.compile(
        "|".join(("pypi" + r"\.org", "pythonhosted" + r"\.", "registry" + r"\.npmjs", "maven" + r"\.(apache|org)"))
    )
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    ours = [ROOT / name for name in listed.splitlines() if Path(name).suffix in TEXT]

    assert [str(path) for path in ours if path.is_file() and host.search(path.read_text(errors="replace"))] == []
