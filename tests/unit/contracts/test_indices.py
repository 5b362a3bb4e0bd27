"""Every index is declared once, and what is made from the declarations holds them all."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from checks.security_table import rows
from contracts.indices import ACTIONS, INDICES, PATTERNS, Index
from dashboards.importer.access import ROLES
from predmon.commands.delivering import migrate
from stacks.constructs.index_templates import index_templates

ROOT = Path(__file__).resolve().parents[3]
INDEX = pytest.mark.parametrize("index", INDICES, ids=lambda index: index.template)


@INDEX
def test_the_template_of_an_index_is_put_for_its_pattern(index: Index) -> None:
    assert f'"index_patterns": ["{index.pattern}"]' in index_templates(1)[index.template]


@INDEX
def test_the_names_of_an_index_match_its_pattern(index: Index) -> None:
    names = {index.name_at(datetime(2026, 11, 3, tzinfo=UTC)), *index.fixed_names}

    assert all(name.startswith(index.pattern.removesuffix("*")) for name in names)
    assert all(name in names for name in [index.pattern] if "*" not in index.pattern)


@INDEX
def test_every_index_is_copied_and_restored(index: Index) -> None:
    recipe = (ROOT / "docs/operations.md").read_text()

    assert index.pattern in migrate.PATTERNS
    assert f'{{"indices": "{",".join(PATTERNS)}"}}' in recipe


@INDEX
def test_a_role_may_do_in_an_index_what_is_declared_and_no_more(index: Index) -> None:
    granted = {
        role: permission["allowed_actions"]
        for role, body in ROLES.items()
        for permission in body["index_permissions"]
        if permission["index_patterns"] == [index.pattern]
    }

    assert granted.keys() == index.grants.keys()
    for role, actions in granted.items():
        assert set(actions) == {action for word in index.grants[role] for action in ACTIONS[word]}


@pytest.mark.parametrize("role", ["prediction_viewer", "prediction_editor"])
def test_people_only_read(role: str) -> None:
    assert {each.grants.get(role) for each in INDICES} == {("read",), None}


def test_the_shipper_neither_reads_nor_deletes_documents() -> None:
    words = {word for each in INDICES for word in each.grants.get("prediction_shipper", ())}

    assert words == {"make", "write", "add fields to", "read the fields of"}


def test_the_table_of_the_security_page_is_what_is_declared() -> None:
    table = "\n".join(rows())

    assert table in (ROOT / "docs/security.md").read_text(), "run: python -m checks.security_table"
