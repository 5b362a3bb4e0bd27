"""The command line of the CDK."""

import shlex
import sys

import pytest

from predmon.tools import cdk, npm


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Skip the installation: these tests look only at the command line."""
    monkeypatch.setattr(npm, "install", lambda *_: None)


def test_an_interpreter_in_a_folder_with_a_space_is_one_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/home/me/my projects/.venv/bin/python")

    words = cdk.command("synth")

    assert shlex.split(words[words.index("--app") + 1]) == ["/home/me/my projects/.venv/bin/python", "app.py"]


def test_a_setting_is_one_word_whatever_is_in_it() -> None:
    words = cdk.command("deploy", "Stack", context={"log_groups": "/a b,/c"})

    assert words[-2:] == ["-c", "log_groups=/a b,/c"]
