"""Let one process at a time install into a folder, or download into it."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NAME = "predmon.lock"


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Make the folder if it is missing, and hold it. Another process that wants it waits."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / NAME).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
