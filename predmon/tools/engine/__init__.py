"""The plugin with which the local OpenSearch refuses the pages of other sites. It is compiled for each engine."""

import hashlib
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from predmon.environment import environment
from predmon.errors import UserError
from predmon.paths import DEFAULT_HOME
from predmon.tools import java
from predmon.tools.exclusive import exclusive

SOURCE = Path(__file__).with_name("OwnPagesPlugin.java")
PLUGIN = "predmon.OwnPagesPlugin"
FOLDER = DEFAULT_HOME / "engine"
RELEASE = "11"
"""What the oldest of the engines is compiled for."""


def compiled(classpath: Sequence[Path]) -> Path:
    """Return the folder with the plugin's classes. They are compiled once for these jars, which takes two seconds.

    Raises UserError with the compiler's output.
    """
    wanted = hashlib.sha256(b"\0".join([SOURCE.read_bytes(), *(jar.name.encode() for jar in classpath)])).hexdigest()
    classes = FOLDER / wanted[:16]
    with exclusive(FOLDER):
        if classes.exists():
            return classes
        [compiler] = java.jars(java.COMPILER_LOCK)
        with tempfile.TemporaryDirectory(dir=FOLDER) as home:
            made = Path(home) / "classes"
            options = ["-source", RELEASE, "-target", RELEASE, "-nowarn", "-cp", ":".join(map(str, classpath))]
            command = [java.JAVA, "-jar", str(compiler), *options, "-d", str(made), str(SOURCE)]
            done = subprocess.run(command, env=environment(), capture_output=True, text=True)
            if done.returncode != 0:
                output = (done.stdout + done.stderr).strip()[-1500:]
                raise UserError(f"The plugin of the local OpenSearch could not be compiled:\n{output}")
            made.rename(classes)
    return classes
