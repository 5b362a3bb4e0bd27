"""Make `.venv` ready, with nothing but the standard library of any Python 3.

`make` runs this before everything else, with whatever `python3` the machine has; it finds a suitable one, creates the
environment, puts uv into it and installs what `requirements.lock` pins. A run that broke off is continued by the next.
"""

import hashlib
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
SUPPORTED = ((3, 11), (3, 12), (3, 13))


def main():
    """Create or refresh `.venv`; exit with one line that says what to do when that fails."""
    stamp = os.path.join(VENV, ".installed")
    wanted = fingerprint()
    if os.path.exists(stamp) and open(stamp).read() == wanted and os.path.exists(venv_python()):
        return
    if not works(venv_python()):
        create_venv()
    say("Installing the pinned Python packages (once; a few hundred MB)")
    uv = uv_version()
    run([venv_python(), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", "uv==" + uv])
    # Two commands: --require-hashes refuses the project itself, which is installed editable.
    install = [os.path.join(VENV, "bin", "uv"), "pip", "install", "-q", "--python", venv_python()]
    run(install + ["--require-hashes", "-r", os.path.join(ROOT, "requirements.lock")])
    run(install + ["--no-deps", "--editable", ROOT])
    with open(stamp, "w") as file:
        file.write(wanted)


def create_venv():
    """Create `.venv` with a supported interpreter."""
    python = find_python()
    say("Creating .venv with " + python)
    shutil.rmtree(VENV, ignore_errors=True)
    try:
        subprocess.run([python, "-m", "venv", VENV], check=True)
    except subprocess.CalledProcessError:
        fail("this Python has no working venv module. On Debian or Ubuntu: apt install python3-venv. Run make again.")


def find_python():
    """Return the interpreter to use: this one if supported, else the newest supported one on PATH."""
    if sys.version_info[:2] in SUPPORTED:
        return sys.executable
    for major, minor in reversed(SUPPORTED):
        candidate = shutil.which("python%d.%d" % (major, minor))
        if candidate and works(candidate):
            return candidate
    fail(
        "Python 3.11, 3.12 or 3.13 is needed; this is %d.%d. Install one and run: make PYTHON=/path/to/python3.13 ..."
        % sys.version_info[:2]
    )


def works(python):
    """Whether `python` starts (a virtual environment whose interpreter was removed does not)."""
    try:
        return subprocess.run([python, "-c", ""], stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def fingerprint():
    """Hash of what decides the environment's content: a changed lock or project file installs again."""
    digest = hashlib.sha256(ROOT.encode())
    for name in ("requirements.lock", "pyproject.toml"):
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def uv_version():
    """The uv version that the lock file pins."""
    with open(os.path.join(ROOT, "requirements.lock")) as file:
        for line in file:
            if line.startswith("uv=="):
                return line.split("==")[1].split()[0]
    fail("requirements.lock pins no uv: run `git checkout requirements.lock`.")


def run(command):
    """Run `command`; on failure say what usually helps. What was downloaded is kept, so a second run continues."""
    if subprocess.run(command).returncode != 0:
        fail(
            "`%s` failed, see above. Usual reasons: no network on the first run, a broken download, a full disk"
            " (2 GB are needed). Mend that and run the same command again: it continues where it stopped."
            % " ".join(command)
        )


def venv_python():
    return os.path.join(VENV, "bin", "python")


def say(text):
    print("• " + text, flush=True)


def fail(text):
    sys.exit("error: " + text)


if __name__ == "__main__":
    main()
