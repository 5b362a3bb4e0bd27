"""Change each decision of the product a little, one at a time, and list the changes that no test notices.

The kept tools do not fit: mutmut leaves constants outside of functions alone, which is where the thresholds are, and
cosmic-ray starts a new Python for each change: 13 seconds for each of 552 changes of one module. Here each change is a
fork of a process that has imported the libraries, and no file is written.

    python -m tests.mutations [part of a module's path]...

It fails for a change that no test notices and that survivors.txt does not list with a reason.
"""

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import CodeType, ModuleType

import pytest

from tests.mutations.changes import make_mutants
from tests.mutations.decisions import DECISIONS

ROOT = Path(__file__).resolve().parents[2]
LISTED = Path(__file__).with_name("survivors.txt")
LIBRARIES = ("boto3", "hypothesis", "numpy", "opensearchpy", "orjson", "requests", "scipy.stats", "moto", "click")
TOO_LONG_SECONDS = 60


class Changed(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Imports one module from a source of its own."""

    def __init__(self, module: str, source: str) -> None:
        """`module` is its dotted name."""
        self.module, self.source = module, source

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find the changed module, and no other one."""
        return importlib.util.spec_from_loader(fullname, self) if fullname == self.module else None

    def get_source(self, fullname: str) -> str:
        """Return the changed source."""
        return self.source

    def get_code(self, fullname: str) -> CodeType:
        """Compile the changed source under the path of the module's own file."""
        return compile(self.source, str(ROOT / f"{fullname.replace('.', '/')}.py"), "exec")


def passes(module: str, source: str, tests: Sequence[str]) -> bool:
    """Run the tests with a changed module in a process of their own. Tests that hang do not pass."""
    child = os.fork()
    if not child:
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, 1)
        os.dup2(sink, 2)
        signal.alarm(TOO_LONG_SECONDS)
        sys.meta_path.insert(0, Changed(module, source))
        status = 1
        try:
            status = pytest.main(["-x", "-q", "-n", "0", "-p", "no:cacheprovider", *tests])
        finally:
            os._exit(status)
    return os.waitpid(child, 0)[1] == 0


def main(wanted: Sequence[str]) -> int:
    """Print every change that survives; return status 1 for one that is not listed."""
    for name in LIBRARIES:
        importlib.import_module(name)
    listed = {line.partition(" # ")[0] for line in LISTED.read_text().splitlines()}
    unlisted = 0
    for path, tests in DECISIONS.items():
        if wanted and not any(each in path for each in wanted):
            continue
        module, source = path.removesuffix(".py").replace("/", "."), (ROOT / path).read_text()
        assert passes(module, source, tests), f"{path}: its tests fail without any change"
        started, mutants = time.monotonic(), list(make_mutants(source))
        survivors = 0
        for each in mutants:
            if passes(module, each.source, tests):
                name = f"{path}: {each.name}"
                print(name if name in listed else f"UNLISTED {name}", flush=True)
                survivors += 1
                unlisted += name not in listed
        print(f"# {path}: {survivors} of {len(mutants)} in {time.monotonic() - started:.0f} s", flush=True)
    return min(unlisted, 1)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
