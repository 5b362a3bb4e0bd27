"""A headless Chromium: the one that `CHROMIUM` names, else the one in an npm package, else one on PATH."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from predmon.environment import environment
from predmon.errors import UserError
from predmon.paths import NODE_TOOLS, remove
from predmon.tools import npm

FOLDER = NODE_TOOLS.with_name("browser")
HOW_TO_GET_ONE = (
    "A headless Chromium is needed. With a network it is installed from npm automatically "
    "(package @sparticuz/chromium, 64 MB). Otherwise install one (Debian: apt-get install chromium) "
    "or name one: CHROMIUM=/path/to/chromium."
)
_UNPACK = "import('@sparticuz/chromium').then(async (module) => console.log(await module.default.executablePath()))"
_FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{own}</dir><dir>/usr/share/fonts</dir><dir>~/.fonts</dir><cachedir>{own}/cache</cachedir></fontconfig>
"""


@dataclass(frozen=True)
class Chromium:
    """An executable that starts on this machine, and the environment variables that it needs."""

    executable: Path
    env: dict[str, str] = field(default_factory=dict)


def find() -> Chromium:
    """Return the one that `CHROMIUM` names, else the one from npm (downloaded on first use), else one on PATH.

    Raises UserError, which says how to get one.
    """
    if named := os.environ.get("CHROMIUM"):
        return _start(Chromium(Path(named)), f"CHROMIUM={named}")
    try:
        return _from_npm()
    except UserError as error:
        for name in ("chromium", "chromium-browser", "google-chrome", "chrome"):
            if found := shutil.which(name):
                return _start(Chromium(Path(found)), found)
        raise UserError(f"{error}\n{HOW_TO_GET_ONE}") from error


@contextmanager
def launched(*names: str) -> Iterator[Browser]:
    """Yield a running browser that can reach only this machine. The host `names` lead to it, too."""
    chromium = find()
    own = [f"MAP {name} 127.0.0.1" for name in names]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.executable,
            # Chromium's own sandbox needs rights that it does not have in containers and on CI machines.
            args=["--no-sandbox", f"--host-resolver-rules={', '.join([*own, 'MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'])}"],
            env={**environment(), **chromium.env},
        )
        yield browser
        browser.close()


def _from_npm() -> Chromium:
    npm.install(Path(__file__).parent, FOLDER, "a headless Chromium", _unpack)
    executable = FOLDER / "chromium"
    fonts = FOLDER / "fonts" / "fonts.conf"
    fonts.write_text(_FONTS.format(own=fonts.parent))
    own = {"FONTCONFIG_FILE": str(fonts)}
    try:
        return _start(Chromium(executable, own), "npm's @sparticuz/chromium")
    except UserError:
        # The package contains libraries for machines that lack them. The machine's own libraries fit better.
        libraries = {"LD_LIBRARY_PATH": str(FOLDER / "al2023" / "lib")}
        return _start(Chromium(executable, own | libraries), "npm's @sparticuz/chromium with its own libraries")


def _unpack() -> None:
    """Unpack the package's browser, libraries and fonts into FOLDER."""
    # The package unpacks into TMPDIR. It unpacks its libraries only if it seems to run on Lambda.
    npm.run(FOLDER, "node", "--eval", _UNPACK, TMPDIR=str(FOLDER), AWS_EXECUTION_ENV="AWS_Lambda_nodejs22.x")
    remove(FOLDER / "node_modules")


def _start(chromium: Chromium, source: str) -> Chromium:
    command = [str(chromium.executable), "--version"]
    try:
        done = subprocess.run(command, env=environment(**chromium.env), capture_output=True, text=True, timeout=60)
    except OSError as error:
        raise UserError(f"{source} does not start: {error}") from error
    if done.returncode != 0:
        raise UserError(f"{source} does not start:\n{done.stderr.strip()[-400:]}")
    return chromium
