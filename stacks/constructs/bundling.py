"""The only build logic: a function's folder plus pinned wheels for its platform, precompiled, without Docker."""

import hashlib
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jsii
from aws_cdk import AssetHashType, BundlingOptions, DockerImage, ILocalBundling
from aws_cdk import aws_lambda as lambda_

ROOT = Path(__file__).resolve().parents[2]
RUNTIME = lambda_.Runtime.PYTHON_3_13
VERSION = "3.13"


def contracts(*names: str) -> list[str]:
    """Return the paths of the modules of `contracts` that a bundle holds: the environment's, and those in `names`."""
    return ["contracts/__init__.py", *(f"contracts/{name}.py" for name in sorted({"environment", "errors", *names}))]


@dataclass(frozen=True)
class Platform:
    """The machine that an asset is built for."""

    architecture: str
    """`arm64`, `x86_64`, or `host`: this machine's platform and interpreter, for the local cloud."""

    @property
    def lambda_architecture(self) -> lambda_.Architecture:
        """The architecture that the function declares. The emulator runs a `host` asset and ignores it."""
        return lambda_.Architecture.ARM_64 if self.architecture == "arm64" else lambda_.Architecture.X86_64

    @property
    def pip_options(self) -> list[str]:
        """Return the options with which uv chooses the right wheels."""
        if self.architecture == "host":
            return ["--python", sys.executable]
        machine = "aarch64" if self.architecture == "arm64" else "x86_64"
        # Amazon Linux 2023, below the python3.13 runtime, has glibc 2.34.
        return ["--python-platform", f"{machine}-manylinux_2_34", "--python-version", VERSION]


def python_code(
    paths: Sequence[str],
    platform: Platform,
    requirements: str,
    extra_folders: Mapping[str, Path] | None = None,
    unused: Sequence[str] = (),
) -> lambda_.Code:
    """Return an asset with `paths` (relative to the repository, at the same places) and the pinned `requirements`.

    `extra_folders` maps a path in the asset to any folder; `unused` are patterns of files in wheels that nothing reads.

    The hash covers the sources, the requirements and the platform, so nothing is built again until one of them changes.
    """
    files = {file.relative_to(ROOT): file for path in paths for file in _files(ROOT / path)}
    for name, folder in (extra_folders or {}).items():
        files |= {name / file.relative_to(folder): file for file in _files(folder)}
    pins = ROOT / requirements
    digest = hashlib.sha256(
        repr((platform, sys.version_info[:2] if platform.architecture == "host" else VERSION, unused)).encode()
    )
    for place, file in [*files.items(), (Path("requirements.txt"), pins)]:
        digest.update(f"{place}\0".encode() + file.read_bytes())
    return lambda_.Code.from_asset(
        str(ROOT),
        asset_hash=digest.hexdigest(),
        asset_hash_type=AssetHashType.CUSTOM,
        bundling=BundlingOptions(
            image=DockerImage.from_registry("unused: bundling is local and raises when it fails"),
            local=_Bundler(files, pins, platform, unused),
        ),
    )


@jsii.implements(ILocalBundling)
class _Bundler:
    def __init__(self, files: Mapping[Path, Path], pins: Path, platform: Platform, unused: Sequence[str]) -> None:
        self._files, self._pins, self._platform, self._unused = files, pins, platform, unused

    def try_bundle(self, output_dir: str, _options: object = None, **_: object) -> bool:
        """Fill `output_dir`. A failing installer raises: returning False would fall through to Docker."""
        build(self._files, self._pins, self._platform, Path(output_dir), self._unused)
        if self._platform.architecture == "host":
            pack(Path(output_dir))
        return True


def build(files: Mapping[Path, Path], pins: Path, platform: Platform, output: Path, unused: Sequence[str] = ()) -> None:
    """Write an asset: wheels first, then `files` (by their place in it), then bytecode for both."""
    # No dependencies: the lock is complete; what it leaves out of a package's wishes is left out on purpose.
    options = ["--only-binary", ":all:", "--require-hashes", "--no-deps", *platform.pip_options]
    _run([_uv(), "pip", "install", "-q", "--target", str(output), *options, "-r", str(pins)])
    for pattern in ("bin", *unused):
        for found in list(output.glob(pattern)):
            shutil.rmtree(found) if found.is_dir() else found.unlink(missing_ok=True)
    for place, file in files.items():
        (output / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, output / place)
    python = sys.executable if platform.architecture == "host" else _runtime_python()
    if python:
        # Unchecked: the code folder is read-only in Lambda, its timestamps mean nothing there.
        options = ["-q", "-j", "0", "--invalidation-mode", "unchecked-hash", "-s", str(output), "-p", "/var/task"]
        _run([python, "-m", "compileall", *options, str(output)])


def pack(folder: Path) -> None:
    """Put all that is in `folder` into one archive in it, uncompressed. The CDK takes a single archive as it is.

    Else the CDK compresses it as far as it can, which takes the processor 8 s. It goes no further than this machine.
    """
    files = [each for each in folder.rglob("*") if each.is_file()]
    with zipfile.ZipFile(folder / "asset.zip", "w", zipfile.ZIP_STORED, strict_timestamps=False) as archive:
        for file in files:
            archive.write(file, file.relative_to(folder))
    for each in folder.iterdir():
        if each.name != "asset.zip":
            shutil.rmtree(each) if each.is_dir() else each.unlink()


@cache
def _runtime_python() -> str | None:
    """Return an interpreter of the functions' version, for their bytecode; None costs them time at cold start."""
    pyenv = sorted(Path.home().glob(f".pyenv/versions/{VERSION}.*/bin/python"))
    for candidate in (sys.executable, shutil.which(f"python{VERSION}"), *map(str, pyenv)):
        if candidate and _version(candidate) == VERSION:
            return candidate
    # uv fetches one where the network allows it.
    if subprocess.run([_uv(), "python", "install", "-q", VERSION], capture_output=True).returncode == 0:
        found = subprocess.run([_uv(), "python", "find", "--managed-python", VERSION], capture_output=True, text=True)
        return found.stdout.strip() or None
    print(
        f"warning: no Python {VERSION} here to precompile with: cold starts will be slower. Install one.",
        file=sys.stderr,
    )
    return None


def _version(python: str) -> str:
    answer = subprocess.run(
        [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], capture_output=True, text=True
    )
    return answer.stdout.strip()


def _uv() -> str:
    return str(Path(sys.executable).with_name("uv"))


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"bundling failed: {' '.join(command)}\n{done.stdout}{done.stderr}")


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise FileNotFoundError(f"{path} is to be bundled, but does not exist")
    return sorted(each for each in path.rglob("*") if each.is_file() and "__pycache__" not in each.parts)
