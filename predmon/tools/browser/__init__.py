"""A headless Chromium: the one that `CHROMIUM` names, the one inside an npm package, or one on PATH."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from predmon.environment import environment
from predmon.errors import LocalError
from predmon.paths import TOOLS, remove
from predmon.tools import npm

FOLDER = TOOLS.with_name("browser")
HOW_TO_GET_ONE = (
    "A headless Chromium is needed. It comes from npm by itself when the network is there "
    "(package @sparticuz/chromium, 64 MB). Otherwise install one (Debian: apt-get install chromium) "
    "or name one: CHROMIUM=/path/to/chromium."
)
_UNPACK = "import('@sparticuz/chromium').then(async (module) => console.log(await module.default.executablePath()))"
_FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{own}</dir><dir>/usr/share/fonts</dir><dir>~/.fonts</dir><cachedir>{own}/cache</cachedir></fontconfig>
"""


@dataclass(frozen=True)
class Chromium:
    """An executable that started here, with the environment that it needs."""

    executable: Path
    env: dict[str, str] = field(default_factory=dict)


def find() -> Chromium:
    """`CHROMIUM`, else the one from npm (fetched on first use), else one on PATH; LocalError says how to get one."""
    if named := os.environ.get("CHROMIUM"):
        return _started(Chromium(Path(named)), f"CHROMIUM={named}")
    try:
        return _from_npm()
    except LocalError as error:
        for name in ("chromium", "chromium-browser", "google-chrome", "chrome"):
            if found := shutil.which(name):
                return _started(Chromium(Path(found)), found)
        raise LocalError(f"{error}\n{HOW_TO_GET_ONE}") from error


@contextmanager
def launched() -> Iterator[Browser]:
    """A running browser that reaches nothing but this machine."""
    chromium = find()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.executable,
            # Chromium's own sandbox needs rights that containers and CI machines do not give.
            args=["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
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
        return _started(Chromium(executable, own), "npm's @sparticuz/chromium")
    except LocalError:
        # The package carries the libraries that a bare machine lacks; those that are there are the better fit.
        libraries = {"LD_LIBRARY_PATH": str(FOLDER / "al2023" / "lib")}
        return _started(Chromium(executable, own | libraries), "npm's @sparticuz/chromium with its own libraries")


def _unpack() -> None:
    """Put the package's browser, libraries and fonts into FOLDER."""
    # It unpacks into TMPDIR, and its libraries only where it believes to be on Lambda.
    npm.run(FOLDER, "node", "--eval", _UNPACK, TMPDIR=str(FOLDER), AWS_EXECUTION_ENV="AWS_Lambda_nodejs22.x")
    remove(FOLDER / "node_modules")


def _started(chromium: Chromium, what: str) -> Chromium:
    command = [str(chromium.executable), "--version"]
    try:
        done = subprocess.run(command, env=environment(**chromium.env), capture_output=True, text=True, timeout=60)
    except OSError as error:
        raise LocalError(f"{what} does not start: {error}") from error
    if done.returncode != 0:
        raise LocalError(f"{what} does not start:\n{done.stderr.strip()[-400:]}")
    return chromium
