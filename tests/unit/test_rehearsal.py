"""The rehearsal of the first month: twenty entries, each with the test that holds it."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/operations.md").read_text()


def test_there_are_twenty_entries_and_each_names_a_test_that_exists() -> None:
    rows = re.findall(r"^\| (\d+) \|.*\| `(test_\w+)` \|$", PAGE, re.MULTILINE)
    written = {
        name
        for file in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", file.read_text(), re.MULTILINE)
    }

    assert [int(number) for number, _ in rows] == list(range(1, 21))
    assert [name for _, name in rows if name not in written] == []
    assert len({name for _, name in rows}) == 20
