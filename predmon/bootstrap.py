"""Create `.venv` and install the packages. Runs on any Python 3 and needs only the standard library.

`make` runs this first, with the machine's own `python3`. It finds a suitable Python, creates the environment, puts uv
into it, and installs what `requirements.lock` pins. The next run continues an interrupted one.
"""

import hashlib
import os
import shlex
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
COMMAND = """#!/bin/sh
if ! [ "$0" -ef %(here)s ]; then
  echo "error: this checkout was moved or copied. Run in its folder: make setup" >&2
  exit 1
fi
PYTHONPATH=%(root)s exec %(python)s -P -m predmon.main "$@"
"""
SUPPORTED = ((3, 11), (3, 12), (3, 13))


def main():
    """Create or update `.venv`. If that fails, exit with one line that says what to do."""
    if is_current():
        return
    if not starts(venv_python()) or was_moved():
        create_venv()
    print_step("Installing the pinned Python packages (once; a few hundred MB)")
    uv = uv_version()
    run([venv_python(), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", "uv==" + uv])
    install = [os.path.join(VENV, "bin", "uv"), "pip", "install", "-q", "--python", venv_python()]
    run(install + ["--require-hashes", "-r", os.path.join(ROOT, "requirements.lock")])
    write_command()
    with open(os.path.join(VENV, ".installed"), "w") as file:
        file.write(fingerprint())


def is_current():
    """Return whether `.venv` has what this state of the checkout asks for."""
    stamp = os.path.join(VENV, ".installed")
    return os.path.exists(stamp) and open(stamp).read() == fingerprint() and os.path.exists(venv_python())


def create_venv():
    """Create `.venv` with a supported Python."""
    python = find_python()
    instead = "" if python == sys.executable else " (this is Python %d.%d)" % sys.version_info[:2]
    print_step("Creating .venv with " + python + instead)
    shutil.rmtree(VENV, ignore_errors=True)
    try:
        subprocess.run([python, "-m", "venv", VENV], check=True)
    except subprocess.CalledProcessError:
        fail("this Python has no working venv module. On Debian or Ubuntu: apt install python3-venv. Run make again.")


def write_command():
    """Write `.venv/bin/predmon`. The project is an application: it runs from its checkout and builds no wheel."""
    command = os.path.join(VENV, "bin", "predmon")
    with open(command, "w") as file:
        file.write(COMMAND % {"here": quoted(command), "root": quoted(ROOT), "python": quoted(venv_python())})
    os.chmod(command, 0o755)


def was_moved():
    """Return whether `.venv` was made in another folder: the commands in it have that folder's path."""
    command = os.path.join(VENV, "bin", "predmon")
    if not os.path.exists(command):
        return False
    with open(command) as file:
        return quoted(venv_python()) not in file.read()


def quoted(path):
    """Return `path` as one word for a shell."""
    return "'" + path.replace("'", "'\\''") + "'"


def find_python():
    """Return the Python to use: this one if it is supported, else the newest supported one on PATH."""
    if sys.version_info[:2] in SUPPORTED:
        # A `.venv` on PATH is removed below: take the Python that it was made with.
        inside = os.path.dirname(os.path.abspath(sys.executable)) == os.path.join(VENV, "bin")
        return os.path.realpath(sys.executable) if inside else sys.executable
    for major, minor in reversed(SUPPORTED):
        candidate = shutil.which("python%d.%d" % (major, minor))
        if candidate and starts(candidate):
            return candidate
    fail(
        "Python 3.11, 3.12 or 3.13 is needed, but this is %d.%d."
        " Install one and run: make PYTHON=/path/to/python3.13 ..." % sys.version_info[:2]
    )


def starts(python):
    """Return whether `python` starts. It does not if the Python behind a virtual environment was removed."""
    try:
        return subprocess.run([python, "-c", ""], stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def fingerprint():
    """Return a hash of the files that decide what is installed. If it changes, everything is installed again."""
    digest = hashlib.sha256(ROOT.encode())
    for name in ("requirements.lock", "pyproject.toml"):
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def uv_version():
    """Return the version of uv that the lock file pins."""
    with open(os.path.join(ROOT, "requirements.lock")) as file:
        for line in file:
            if line.startswith("uv=="):
                return line.split("==")[1].split()[0]
    fail("requirements.lock does not name a version of uv. Restore the file: git checkout requirements.lock")


def run(command):
    """Run `command`. If it fails, exit with the usual reasons. A second run keeps what was already downloaded."""
    if subprocess.run(command).returncode != 0:
        fail(
            "`%s` failed; see above. Usual reasons: no network on the first run, a broken download, a full disk"
            " (2 GB are needed). Fix that and run the same command again: it continues where it stopped."
            % " ".join(map(shlex.quote, command))
        )


def venv_python():
    return os.path.join(VENV, "bin", "python")


def print_step(text):
    print("• " + text, flush=True)


def fail(text):
    sys.exit("error: " + text)


if __name__ == "__main__":
    main()
