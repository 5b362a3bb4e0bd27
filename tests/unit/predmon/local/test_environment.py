"""Which variables of the person's environment reach the processes that we start."""

import os

import pytest

from predmon.environment import bypass_proxies, environment


def test_a_childs_environment_leads_to_nobodys_account_and_keeps_the_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "work")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:1")

    env = environment(A="b")

    assert (env["A"], env["HTTPS_PROXY"]) == ("b", "http://proxy:1")
    assert "AWS_PROFILE" not in env


def test_what_listens_here_is_behind_no_proxy_in_either_spelling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "intra.example")
    monkeypatch.setenv("NO_PROXY", "corp.example,localhost")

    bypass_proxies()

    assert os.environ["no_proxy"] == os.environ["NO_PROXY"] == "intra.example,corp.example,localhost,127.0.0.1"
