"""The table of docs/security.md that says what each role may do in the domain, from the grants that are declared.

python -m checks.security_table
"""

from collections.abc import Iterator

from contracts.indices import INDICES
from dashboards.importer.access import ADMINISTRATOR, DESCRIPTIONS

MAPPED_TO = {
    "prediction_shipper": "shipper's and replay's IAM roles",
    "prediction_quality": "the quality function's IAM role",
    "prediction_drift": "the drift function's IAM role",
    "prediction_days": "the IAM role of the function that folds past days",
    "prediction_viewer": "the group `viewers`, `viewer_roles`, and whom you map by hand",
    "prediction_editor": "the group `editors`, `editor_roles`, and whom you map by hand",
}


def rows() -> Iterator[str]:
    """Give the table, a line at a time."""
    yield "| role | mapped to | may |"
    yield "| --- | --- | --- |"
    for role, says in DESCRIPTIONS.items():
        granted = "; ".join(f"{what} {where}" for what, where in _grants(role).items())
        yield f"| `{role}` | {MAPPED_TO[role]} | {says}: {granted} |"
    yield f"| `{ADMINISTRATOR}` | the master, and `admin_roles` | Does everything |"


def _grants(role: str) -> dict[str, str]:
    """Return what the role may do → the patterns where it may, with neighbours that may be treated alike together."""
    found: dict[str, list[str]] = {}
    for each in INDICES:
        if words := each.grants.get(role):
            found.setdefault(", ".join(words), []).append(f"`{each.pattern}`")
    return {words: ", ".join(patterns) for words, patterns in found.items()}


if __name__ == "__main__":
    print("\n".join(rows()))
