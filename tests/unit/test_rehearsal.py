"""Tables of the documents whose rows name the test that holds each."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = {
    name
    for file in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"^def (test_\w+)", file.read_text(), re.MULTILINE)
}


def test_the_rehearsal_of_the_first_month_has_twenty_entries_and_each_names_a_test_that_exists() -> None:
    page = (ROOT / "docs/operations.md").read_text()
    rows = re.findall(r"^\| (\d+) \|.*\| `(test_\w+)` \|$", page, re.MULTILINE)

    assert [int(number) for number, _ in rows] == list(range(1, 21))
    assert [name for _, name in rows if name not in WRITTEN] == []
    assert len({name for _, name in rows}) == 20


def test_whoever_can_speak_into_it_is_stopped_by_something_that_a_test_holds() -> None:
    section = (ROOT / "docs/security.md").read_text().partition("### Who can speak into it\n")[2].partition("\n###")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")][2:]

    assert len(rows) >= 15
    held_by = [row[-1].strip("`") for row in rows if len(row) == 4]
    assert len(held_by) == len(rows) == len(set(held_by))
    assert [name for name in held_by if name not in WRITTEN] == []
