"""A folder that one process at a time installs into."""

import threading
from pathlib import Path

from predmon.tools.exclusive import exclusive


def test_a_second_one_waits_until_the_first_is_done(tmp_path: Path) -> None:
    done: list[str] = []

    def second() -> None:
        with exclusive(tmp_path / "tools"):
            done.append("second")

    with exclusive(tmp_path / "tools"):
        waiting = threading.Thread(target=second)
        waiting.start()
        waiting.join(0.1)
        done.append("first")
    waiting.join()

    assert done == ["first", "second"]


def test_a_failure_lets_the_next_one_in(tmp_path: Path) -> None:
    try:
        with exclusive(tmp_path):
            raise OSError
    except OSError:
        pass

    with exclusive(tmp_path):
        pass
