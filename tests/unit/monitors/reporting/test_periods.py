"""Whose predictions a question is about."""

from monitors.reporting.periods import UNVERSIONED, of_version


def test_a_version_with_the_name_of_no_version_is_asked_for_with_those_that_have_none() -> None:
    named, missing = of_version(UNVERSIONED, "model.version")["bool"]["should"]

    assert named == {"term": {"model.version": "(none)"}}
    assert missing == {"bool": {"must_not": [{"exists": {"field": "model.version"}}]}}


def test_an_empty_version_is_asked_for_by_name() -> None:
    assert of_version("", "model.version") == {"term": {"model.version": ""}}
