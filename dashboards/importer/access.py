"""Write this project's roles, and their mappings, into a domain with fine-grained access control.

The roles belong to this project (all names start with `prediction_`), and each deployment writes them again. A mapping
may also name people whom somebody else added. Writing a mapping replaces it, so it is read first, this project's part
is changed, and the whole is written back.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from contracts.indices import ACTIONS, INDICES, LOCK
from dashboards.importer.connection import Connection, ServerError

SECURITY = "/_plugins/_security/api"
GLOBAL_TENANT = r"/\.(kibana|opensearch_dashboards)(_[0-9]+)?/"
"""The indices in which Dashboards keeps what everybody shares. `.kibana_*` would match all private tenants, too."""
CLUSTER_ACTIONS: Mapping[str, Sequence[str]] = {
    "prediction_shipper": ["indices:data/write/bulk"],
    "prediction_quality": ["indices:data/write/bulk", "indices:data/read/mget", "indices:data/read/scroll*"],
    "prediction_drift": ["indices:data/write/bulk"],
    "prediction_days": [
        "indices:data/write/bulk",
        "indices:data/write/reindex",
        "indices:data/read/scroll*",
        "cluster:monitor/*",
        "indices:admin/index_template/simulate_index",
    ],
    "prediction_viewer": ["cluster_composite_ops_ro"],
    "prediction_editor": ["cluster_composite_ops_ro", "indices:data/write/bulk"],
}
"""What each role needs beside its grants in contracts/indices.py: these actions name no index."""
TENANT_ACTIONS: Mapping[str, tuple[str, Sequence[str]]] = {
    "prediction_viewer": ("kibana_all_read", ["read", "indices:admin/get"]),
    "prediction_editor": ("kibana_all_write", ["read", "write", "indices:admin/get"]),
}
"""What people may do with the dashboards that everybody shares: by Dashboards' own check, and in its indices."""
DESCRIPTIONS: Mapping[str, str] = {
    "prediction_shipper": "Writes predictions, and reads which fields they have; reads no document and deletes nothing",
    "prediction_quality": "Reads predictions; joins, keeps and deletes actuals; keeps its references and reports",
    "prediction_drift": "Reads predictions; keeps its references and reports",
    "prediction_days": "Moves the documents of past days into few indices, and deletes old days",
    "prediction_viewer": "Reads predictions, reports and the dashboards of the global tenant; changes nothing",
    "prediction_editor": "Reads what a viewer reads; writes and deletes dashboards of the global tenant, no data",
}


def _role(name: str) -> dict[str, Any]:
    """Return a role by its grants. Permissions are the security plugin's action groups or single actions."""
    role: dict[str, Any] = {
        "description": DESCRIPTIONS[name],
        "cluster_permissions": list(CLUSTER_ACTIONS[name]),
        "index_permissions": [
            {"index_patterns": [each.pattern], "allowed_actions": each.actions(name)}
            for each in INDICES
            if name in each.grants
        ],
    }
    if name == "prediction_days":
        role["index_permissions"].append({"index_patterns": [LOCK], "allowed_actions": list(ACTIONS["fold"])})
    if name in TENANT_ACTIONS:
        tenant, actions = TENANT_ACTIONS[name]
        role["index_permissions"].append({"index_patterns": [GLOBAL_TENANT], "allowed_actions": list(actions)})
        role["tenant_permissions"] = [{"tenant_patterns": ["global_tenant"], "allowed_actions": [tenant]}]
    return role


ROLES: Mapping[str, Mapping[str, Any]] = {name: _role(name) for name in DESCRIPTIONS}
"""The roles by name, as the security plugin takes them."""
ADMINISTRATOR = "all_access"
"""The plugin's own role that may do everything. The master has it, and whoever the mappings name."""
SERVICES_ADMINISTRATOR = "security_manager"
"""Goes with it on the service, and is not there on other engines."""


def write_roles(
    opensearch: Connection, mappings: Mapping[str, Sequence[str]], former: Mapping[str, Sequence[str]] | None = None
) -> None:
    """Write ROLES, and map each role of `mappings` to its backend roles: the ARNs of IAM roles, or groups of people.

    `former` are the mappings that the deployment before wrote. Backend roles that are in `former` and no longer in
    `mappings` are removed. Everything else in a mapping stays. This needs the rights of the master user.

    Raises:
        ServerError: if the domain refuses; the message has its words.
    """
    for name, role in ROLES.items():
        opensearch.call("PUT", f"{SECURITY}/roles/{name}", json=role)
    for name in (*ROLES, ADMINISTRATOR):
        _map(opensearch, name, set(mappings.get(name, ())), set((former or {}).get(name, ())))
    if _find_existing(opensearch, f"{SECURITY}/roles/{SERVICES_ADMINISTRATOR}", SERVICES_ADMINISTRATOR):
        administrators, before = mappings.get(ADMINISTRATOR, ()), (former or {}).get(ADMINISTRATOR, ())
        _map(opensearch, SERVICES_ADMINISTRATOR, set(administrators), set(before))


def _map(opensearch: Connection, role: str, wanted: set[str], former: set[str]) -> None:
    path = f"{SECURITY}/rolesmapping/{role}"
    mapping = _find_existing(opensearch, path, role)
    had = set(mapping.get("backend_roles", ()))
    backend_roles = (had - former) | wanted
    if backend_roles == had:
        return
    kept = {name: mapping[name] for name in ("users", "hosts", "and_backend_roles", "description") if mapping.get(name)}
    opensearch.call("PUT", path, json={**kept, "backend_roles": sorted(backend_roles)})


def _find_existing(opensearch: Connection, path: str, role: str) -> Mapping[str, Any]:
    try:
        existing: Mapping[str, Any] = opensearch.call("GET", path)[role]
        return existing
    except ServerError as error:
        if error.status == 404:
            return {}
        raise
