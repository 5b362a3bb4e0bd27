"""Synthesise the templates of each profile once in a session, without bundling."""

from collections.abc import Callable, Mapping
from functools import cache

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk.assertions import Template

from checks.profiles import PROFILES, SIGN_IN, composed
from stacks import STACK
from stacks.constructs.functions import FunctionFactory
from tests.synth.reading import Reading

FUNCTIONS = FunctionFactory(architecture=lambda_.Architecture.ARM_64, log_retention=logs.RetentionDays.ONE_WEEK)
"""How the tests of a single construct make its functions."""


@pytest.fixture(scope="session")
def apps(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], App]:
    """Return a function that gives the app of one of PROFILES or SIGN_IN."""

    @cache
    def compose(profile: str) -> App:
        return composed({**PROFILES, **SIGN_IN}[profile], tmp_path_factory.mktemp(profile))

    return compose


@pytest.fixture(scope="session")
def templates(apps: Callable[[str], App]) -> Callable[[str], Mapping[str, Template]]:
    """Return a function that gives the templates of one of PROFILES or SIGN_IN, by the stack's name."""

    @cache
    def synthesise(profile: str) -> Mapping[str, Template]:
        stacks = [each for each in apps(profile).node.children if isinstance(each, Stack)]
        return {each.stack_name: Template.from_stack(each) for each in stacks}

    return synthesise


@pytest.fixture(scope="session")
def reading(templates: Callable[[str], Mapping[str, Template]]) -> Callable[[str], Reading]:
    """Return a function that gives the main stack's template of one of PROFILES or SIGN_IN."""

    @cache
    def read(profile: str) -> Reading:
        return Reading(templates(profile)[STACK].to_json())

    return read
