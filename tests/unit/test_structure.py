"""The house: what may import what, and how long things get."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LAYERS = (
    ("app", "main"),
    ("commands",),
    ("local",),
    ("tools",),
    ("predmon",),
    ("stacks",),
    ("constructs", "monitoring"),
    ("settings",),
    ("acting", "dashboards", "days", "drift", "inference_lambda", "lambda_shipper", "quality"),
    ("reporting",),
    ("contracts",),
)
"""Places from top to bottom: each imports only places below it, so there is no circle, and none in its own layer."""
PLACES = {place for layer in LAYERS for place in layer}
RUNTIMES = ("acting", "dashboards", "days", "drift", "inference_lambda", "lambda_shipper", "quality")
SHARED = ("contracts", "reporting")
"""Packages of which the bundles of several functions carry a copy."""
TOPS = ("app", "contracts", "dashboards", "inference_lambda", "lambda_shipper", "monitors", "predmon", "stacks")
FOLDERS = {
    "acting": "monitors/acting",
    "days": "monitors/days",
    "drift": "monitors/drift",
    "quality": "monitors/quality",
}
ROOMS = {
    "lambda_shipper": (
        ("config", "errors"),
        ("reading",),
        ("domain",),
        ("documents",),
        ("delivery",),
        ("handler", "checking"),
        ("replay", "answering"),
        ("draining", "subscribing"),
        ("kinesis",),
    ),
    "monitors/drift": (
        ("statistics",),
        ("judgement",),
        ("config",),
        ("windows",),
        ("references",),
        ("reports",),
        ("looking",),
        ("comparing",),
        ("all_groups",),
        ("handler",),
    ),
    "predmon/commands": (
        ("deployment", "shell"),
        ("delivering", "quality"),
        ("cloud", "actuals", "drift", "dashboards"),
        ("sending", "deploying"),
    ),
}
"""The rooms of each large house, from bottom to top: each imports only rooms on floors below it."""
MOST_LINES = 250
MOST_FUNCTION_LINES = 60


def sources() -> list[Path]:
    return [ROOT / "app.py", *(path for top in TOPS for path in sorted((ROOT / top).rglob("*.py")))]


def dotted(path: Path) -> str:
    """Return the name by which a file is imported."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def place(module: str) -> str:
    """Return the place of a module: its package, or in `monitors`, `stacks` and `predmon` the package inside that."""
    top, _, below = module.partition(".")
    inner = below.partition(".")[0]
    if top in ("monitors", "predmon", "stacks"):
        return inner if inner in PLACES else top
    return top if top in TOPS else "elsewhere"


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@cache
def imported(path: Path) -> tuple[str, ...]:
    return tuple(_imported(path))


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif path.name == "main.py" and isinstance(node, ast.Constant) and str(node.value).startswith("predmon."):
            yield str(node.value)  # the command line loads its own commands by name


@cache
def arrows() -> set[tuple[str, str]]:
    """(importer, imported) between places."""
    found = {(place(dotted(path)), place(name)) for path in sources() for name in imported(path)}
    return {(a, b) for a, b in found if b in PLACES and a != b}


def test_the_figure_in_the_documents_is_the_code() -> None:
    figure = re.findall(r"^    (\w+) --> ([\w &]+)$", (ROOT / "docs/architecture.md").read_text(), re.MULTILINE)

    assert {(place, below) for place, all_below in figure for below in all_below.split(" & ")} == arrows()


def test_every_place_imports_only_what_is_below_it() -> None:
    level = {place: number for number, layer in enumerate(LAYERS) for place in layer}

    assert {f"{a} imports {b}" for a, b in arrows() if level[a] >= level[b]} == set()


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_a_runtime_imports_only_what_is_shared(runtime: str) -> None:
    assert {b for a, b in arrows() if a == runtime} <= set(SHARED)


@pytest.mark.parametrize("house", ROOMS)
def test_the_rooms_of_a_house_import_only_rooms_below_them(house: str) -> None:
    level = {room: number for number, floor in enumerate(ROOMS[house]) for room in floor}
    prefix = house.replace("/", ".") + "."
    found = {
        (_room(dotted(path), prefix), _room(name, prefix))
        for path in sorted((ROOT / house).rglob("*.py"))
        for name in imported(path)
        if name.startswith(prefix)
    }

    assert {f"{a} imports {b}" for a, b in found if a != b and level[a] <= level[b]} == set()


def _room(module: str, prefix: str) -> str:
    return module.removeprefix(prefix).partition(".")[0]


def test_settings_are_plain_python() -> None:
    assert {
        name for path in (ROOT / "stacks/settings").rglob("*.py") for name in imported(path) if "aws" in name
    } == set()


@pytest.mark.parametrize(
    ("importer", "imported_place"),
    [("constructs", "settings"), ("monitoring", "constructs"), ("monitoring", "settings"), ("local", "commands")],
)
def test_rooms_that_keep_apart(importer: str, imported_place: str) -> None:
    assert (importer, imported_place) not in arrows()


def test_no_modules_import_each_other_in_a_circle() -> None:
    names = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in sources()
    }
    needs = {name: {_module(each, names) for each in imported(path)} - {name, None} for name, path in names.items()}

    assert {f"{name} and {other}" for name in needs for other in needs[name] if name in _reached(other, needs)} == set()


def _module(name: str, modules: Mapping[str, Path]) -> str | None:
    """Return the module that an import names: a module, or the one that holds the imported name."""
    return next((each for each in (name, name.rpartition(".")[0]) if each in modules), None)


def _reached(name: str, needs: Mapping[str, set[str | None]]) -> set[str | None]:
    seen: set[str | None] = set()
    waiting: list[str | None] = [name]
    while waiting:
        for other in needs[str(waiting.pop())] - seen:
            seen.add(other)
            waiting.append(other)
    return seen


def test_the_types_of_every_imported_module_of_the_cdk_are_checked() -> None:
    mypy = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]
    (listed,) = (set(each["module"]) for each in mypy["overrides"] if each.get("follow_imports") == "normal")
    statements = (node for path in sources() for node in ast.walk(tree(path)))
    froms = {(node.module, name.name) for node in statements if isinstance(node, ast.ImportFrom) for name in node.names}
    modules = {module for module, _ in froms} | {f"{module}.{name}" for module, name in froms if name.islower()}

    assert {name for name in modules if name and name.startswith("aws_cdk")} == listed


def test_only_config_modules_read_the_environment_of_a_function() -> None:
    readers = {
        str(path.relative_to(ROOT))
        for runtime in RUNTIMES
        for path in (ROOT / FOLDERS.get(runtime, runtime)).rglob("*.py")
        if "os.environ" in path.read_text() and not {"preview", "browser", "training"} & set(path.parts)
    }

    assert readers <= {"inference_lambda/config.py"}  # the one variable that Lambda itself sets


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
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef)
        and (node.end_lineno or 0) - node.lineno >= MOST_FUNCTION_LINES
        and not source.splitlines()[node.lineno - 2].strip().startswith("# Long: ")
    ]

    assert long == []
