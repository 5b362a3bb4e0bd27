"""What a deployment adds to a role's mapping, what it takes away again, and what it leaves alone."""

import json

import pytest

from contracts.indices import LOCK
from dashboards.importer.access import ADMINISTRATOR, ROLES, SECURITY, SERVICES_ADMINISTRATOR, write_roles
from dashboards.importer.config import Config
from dashboards.importer.connection import ServerError, connect
from tests.unit.dashboards.conftest import FakeServer

VIEWER = f"{SECURITY}/rolesmapping/prediction_viewer"


def answer(server: FakeServer, **mapping: object) -> None:
    """Let the viewers' mapping be this; there is no other one."""
    server.answers["GET /_plugins"] = lambda _: (404, "{}")
    server.answers = {f"GET {VIEWER}": lambda _: (200, json.dumps({"prediction_viewer": mapping})), **server.answers}


def write(wanted: list[str], former: list[str]) -> None:
    write_roles(connect(Config.from_env())[0], {"prediction_viewer": wanted}, {"prediction_viewer": former})


@pytest.mark.parametrize(
    ("had", "former", "wanted", "written"),
    [
        (["old", "theirs"], ["old"], ["new"], ["new", "theirs"]),
        (["old", "theirs"], ["old"], [], ["theirs"]),
        (["old"], ["old"], ["new", "old"], ["new", "old"]),
        (["theirs"], [], ["new"], ["new", "theirs"]),
    ],
)
def test_a_mapping_loses_only_what_the_deployment_before_wrote(
    server: FakeServer, had: list[str], former: list[str], wanted: list[str], written: list[str]
) -> None:
    answer(server, backend_roles=had, users=["anna"], hosts=[], description="d", reserved=False)

    write(wanted, former)

    assert json.loads(server.bodies[f"PUT {VIEWER}"]) == {
        "backend_roles": written,
        "users": ["anna"],
        "description": "d",
    }


def test_a_mapping_that_is_right_already_is_not_written(server: FakeServer) -> None:
    answer(server, backend_roles=["same"])

    write(["same"], ["same"])

    assert f"PUT {VIEWER}" not in server.calls
    assert {f"PUT {SECURITY}/roles/{name}" for name in ROLES} <= set(server.calls)


@pytest.mark.parametrize("is_service", [True, False])
def test_the_services_own_administrators_are_mapped_where_there_are_any(server: FakeServer, is_service: bool) -> None:
    path = f"{SECURITY}/rolesmapping/{SERVICES_ADMINISTRATOR}"
    answer(server)
    if is_service:
        mapping = {SERVICES_ADMINISTRATOR: {"backend_roles": ["master", "old"]}}
        server.answers = {SERVICES_ADMINISTRATOR: lambda _: (200, json.dumps(mapping)), **server.answers}

    write_roles(connect(Config.from_env())[0], {ADMINISTRATOR: ["new"]}, {ADMINISTRATOR: ["old"]})

    assert (f"PUT {path}" in server.calls) is is_service
    if is_service:
        assert json.loads(server.bodies[f"PUT {path}"])["backend_roles"] == ["master", "new"]


def test_a_domain_that_refuses_to_show_a_mapping_stops_the_import(server: FakeServer) -> None:
    server.answers["GET /_plugins"] = lambda _: (403, "denied")

    with pytest.raises(ServerError, match="denied"):
        write(["new"], [])


def test_only_the_function_of_past_days_may_hold_the_lock() -> None:
    assert [
        name
        for name, role in ROLES.items()
        if any(LOCK in each["index_patterns"] for each in role["index_permissions"])
    ] == ["prediction_days"]
