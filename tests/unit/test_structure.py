"""The house: what may import what, and how long things get."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("dashboards", "drift_lambda", "inference_lambda", "lambda_shipper", "predmon", "stacks")
RUNTIMES = ("dashboards", "drift_lambda", "inference_lambda", "lambda_shipper")
MOST_LINES = 250
MOST_FUNCTION_LINES = 60


def sources() -> list[Path]:
    return [ROOT / "app.py", *(path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))]


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


@cache
def arrows() -> set[tuple[str, str]]:
    """(importer, imported) between top-level places."""
    found = set()
    for path in sources():
        place = path.relative_to(ROOT).parts[0].removesuffix(".py")
        found |= {(place, name.split(".")[0]) for name in imported(path)}
    # The command line loads its own commands by name.
    return {(a, b) for a, b in found if b in PACKAGES and a != b}


def test_the_figure_in_the_documents_is_the_code() -> None:
    figure = re.findall(r"^    (\w+) --> (\w+)$", (ROOT / "docs/architecture.md").read_text(), re.MULTILINE)

    assert set(figure) == arrows()


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_a_runtime_imports_no_other_part(runtime: str) -> None:
    assert {f"{a} imports {b}" for a, b in arrows() if a == runtime} == set()


def test_the_types_of_every_imported_module_of_the_cdk_are_checked() -> None:
    mypy = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]
    (listed,) = (set(each["module"]) for each in mypy["overrides"] if each.get("follow_imports") == "normal")
    statements = (node for path in sources() for node in ast.walk(ast.parse(path.read_text())))
    froms = {(node.module, name.name) for node in statements if isinstance(node, ast.ImportFrom) for name in node.names}
    modules = {module for module, _ in froms} | {f"{module}.{name}" for module, name in froms if name.islower()}

    assert {name for name in modules if name and name.startswith("aws_cdk")} == listed


def test_only_config_modules_read_the_environment_of_a_function() -> None:
    readers = {
        str(path.relative_to(ROOT))
        for runtime in RUNTIMES
        for path in (ROOT / runtime).rglob("*.py")
        if "os.environ" in path.read_text() and not {"preview", "browser", "training"} & set(path.parts)
    }

    assert readers == {
        "dashboards/importer/config.py",
        "drift_lambda/config.py",
        "inference_lambda/config.py",
        "lambda_shipper/config.py",
    }


def everything() -> list[Path]:
    """All Python of the repository, the tests too."""
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for name in listed.splitlines() if (path := ROOT / name).exists()]


def test_no_file_is_too_long() -> None:
    assert [f"{path}" for path in everything() if len(path.read_text().splitlines()) > MOST_LINES] == []


def test_no_function_is_too_long_without_the_reason_above_it() -> None:
    sources = {path: path.read_text() for path in everything()}
    long = [
        f"{path.relative_to(ROOT)}:{node.name}"
        for path, source in sources.items()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef)
        and (node.end_lineno or 0) - node.lineno >= MOST_FUNCTION_LINES
        and not source.splitlines()[node.lineno - 2].strip().startswith("# Long: ")
    ]

    assert long == []
