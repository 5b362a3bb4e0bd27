"""What reaches a terminal: no command prints a control character that somebody else wrote."""

import ast
import io
import json
from pathlib import Path

import pytest
from rich.table import Table
from rich.text import Text

from predmon.terminal import Terminal, escape, escape_lines, print_json

PREDMON = Path(__file__).resolve().parents[3] / "predmon"
EVIL = "v1\x1b[2J\x1b]8;;http://stranger.example\x07\x9b31m\u202e"
SHOWN = r"v1\u001b[2J\u001b]8;;http://stranger.example\u0007\u009b31m\u202e"


@pytest.fixture
def terminal() -> Terminal:
    """Return one that writes colours into a text."""
    found = Terminal(width=200)
    found.file = io.StringIO()
    return found


def written(terminal: Terminal) -> str:
    assert isinstance(terminal.file, io.StringIO)
    return terminal.file.getvalue()


def test_a_version_is_shown_with_its_control_characters_as_text(terminal: Terminal) -> None:
    terminal.print(f"[bold]{escape(EVIL)}[/]")

    assert written(terminal).strip() == SHOWN


def test_a_version_that_nobody_escaped_controls_nothing_either(terminal: Terminal) -> None:
    table = Table()
    table.add_column("version")
    table.add_row(Text(EVIL))
    terminal.print(table)
    terminal.print(EVIL, markup=False)

    assert written(terminal).count(r"v1\u001b[2J") == 2
    assert not set(written(terminal)) & set("\x1b\x9b\x07\u202e")


def test_a_version_adds_no_line_and_no_markup(terminal: Terminal) -> None:
    terminal.print(escape("v1\nall is well [red]x[/]"))

    assert written(terminal) == "v1\\u000aall is well [red]x[/]\n"


def test_an_error_keeps_its_lines(terminal: Terminal) -> None:
    terminal.print(escape_lines("first\n\tsecond\x1b"))

    assert written(terminal).splitlines()[0] == "first"
    assert r"second\u001b" in written(terminal)


def test_json_for_programs_reads_back(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"version": EVIL, "label": "Zoë"})

    printed = capsys.readouterr().out
    assert "\x9b" not in printed and "\u202e" not in printed
    assert json.loads(printed) == {"version": EVIL, "label": "Zoë"}


def test_there_is_no_other_way_to_the_terminal() -> None:
    """Only the module that is tested here makes consoles, escapes markup and prints JSON."""
    for path in sorted(PREDMON.rglob("*.py")):
        names = {
            f"{node.module}.{alias.name}"
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        if path.name != "terminal.py":
            assert not names & {"rich.console.Console", "rich.markup.escape", "rich.print"}, path
            assert "click.echo(json" not in path.read_text(), path


def test_no_line_ends_in_spaces(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table(box=None, show_header=False)
    table.add_row("[red]a[/]", "a longer text")
    table.add_row("b", "c")

    Terminal(width=40).print("word " * 20, table, "last", end=" ")

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 4
    assert [line for line in lines[:-1] if line.endswith(" ")] == []
