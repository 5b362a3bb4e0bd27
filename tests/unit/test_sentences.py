"""The sentences of the house: riddles are banned, and docstrings begin alike."""

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RIDDLE = re.compile(
    r"(?:^|[.!?] )(?:Of|So (?:many|much|few)|Nor) (?!course)"  # inverted clauses and heads without a noun
    r"|(?<!there )\b(?:is|are|was|were) none\b",  # “what is none”
    re.MULTILINE,
)


def listed(*patterns: str) -> list[Path]:
    names = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for name in names.splitlines() if (path := ROOT / name).exists()]


CODE = [path for path in listed("*.py") if path != Path(__file__)]


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of each string and comment of a Python file."""
    source = path.read_text()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, "\n".join(line.strip() for line in node.value.splitlines())
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string.lstrip("#: ")


@pytest.mark.parametrize("said", ["Of names, so.", "Done. So many lines.", "Return what is none"])
def test_a_riddle_is_seen(said: str) -> None:
    assert RIDDLE.search(said)


def test_no_text_of_the_code_is_a_riddle() -> None:
    assert [
        f"{path.relative_to(ROOT)}:{line}: {said[:90]}"
        for path in CODE
        for line, said in texts(path)
        if RIDDLE.search(said)
    ] == []


def test_no_sentence_of_a_document_is_a_riddle() -> None:
    assert [
        f"{path.relative_to(ROOT)}:{number}: {line[:90]}"
        for path in listed("*.md")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if RIDDLE.search(re.sub(r"^[-*>|# ]+", "", line))
    ] == []


# A property is a thing, and `predmon` prints its docstring as the help of the command line.
NOUNS = ("__init__", "predmon")
VERB = re.compile(r"(?!(?:An?|As|For|How|If|In|Its?|One|Th\w+|Wh\w+|Changes|Section)\b)[A-Z][a-z]+\b[,.:]? ?")


def test_the_docstring_of_a_function_begins_with_a_verb() -> None:
    found = {
        f"{path.relative_to(ROOT)}:{node.name}": ast.get_docstring(node) or ""
        for path in CODE
        if not path.is_relative_to(ROOT / "tests") and not path.is_relative_to(ROOT / "benchmarks")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
        and ast.get_docstring(node)
        and node.name not in NOUNS
        and not any("property" in ast.unparse(each) for each in node.decorator_list)
    }

    assert {name for name, said in found.items() if not VERB.match(said)} == set()
