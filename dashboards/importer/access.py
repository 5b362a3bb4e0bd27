"""Write this project's roles, and their mappings, into a domain with fine-grained access control.

The roles belong to this project (all names start with `prediction_`), and each deployment writes them again. A mapping
may also name people whom somebody else added. Writing a mapping replaces it, so it is read first, this project's part
is changed, and the whole is written back.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboards.importer.connection import Connection, ServerError

SECURITY = "/_plugins/_security/api"
GLOBAL_TENANT = r"/\.(kibana|opensearch_dashboards)(_[0-9]+)?/"
"""The indices in which Dashboards keeps what everybody shares. `.kibana_*` would match all private tenants, too."""
READ_PREDICTIONS: Mapping[str, Any] = {
    "index_patterns": ["cwl-*", "raw-*", "drift-*", "prediction-actuals", "quality-*"],
    "allowed_actions": [
        "read",
        "indices:admin/get",
        "indices:admin/mappings/get",
        "indices:admin/mappings/fields/get*",
        "indices:admin/resolve/index",
    ],
}
ROLES: Mapping[str, Mapping[str, Any]] = {
    "prediction_shipper": {
        "description": "Writes predictions, and reads which fields they have; reads no document and deletes nothing",
        "cluster_permissions": ["indices:data/write/bulk"],
        "index_permissions": [
            {
                "index_patterns": ["cwl-*"],
                "allowed_actions": ["create_index", "index", "indices:admin/mapping/put", "indices:admin/mappings/get"],
            },
            {"index_patterns": ["raw-*", "prediction-actuals"], "allowed_actions": ["create_index", "index"]},
        ],
    },
    "prediction_quality": {
        "description": "Reads predictions; joins, keeps and deletes actuals; keeps its references and reports",
        "cluster_permissions": ["indices:data/write/bulk", "indices:data/read/mget", "indices:data/read/scroll*"],
        "index_permissions": [
            {"index_patterns": ["cwl-*"], "allowed_actions": ["indices:data/read/search*"]},
            {
                "index_patterns": ["prediction-actuals", "prediction-quality-reference", "quality-*"],
                "allowed_actions": [
                    "create_index",
                    "index",
                    "indices:admin/refresh*",
                    "indices:data/read/get*",
                    "indices:data/read/mget*",
                    "indices:data/read/search*",
                ],
            },
            {
                "index_patterns": ["prediction-actuals"],
                "allowed_actions": ["delete", "indices:data/write/delete/byquery"],
            },
        ],
    },
    "prediction_drift": {
        "description": "Reads predictions; keeps its references and reports",
        "cluster_permissions": ["indices:data/write/bulk"],
        "index_permissions": [
            {
                "index_patterns": ["cwl-*", "raw-*"],
                "allowed_actions": ["indices:data/read/search*", "indices:data/read/field_caps*"],
            },
            {
                "index_patterns": ["drift-*"],
                "allowed_actions": ["create_index", "index", "delete", "indices:data/read/search*"],
            },
            {
                "index_patterns": ["prediction-reference"],
                "allowed_actions": [
                    "create_index",
                    "index",
                    "indices:admin/refresh*",
                    "indices:data/read/get*",
                    "indices:data/read/search*",
                ],
            },
        ],
    },
    "prediction_viewer": {
        "description": "Reads predictions, drift reports and the dashboards of the global tenant; changes nothing",
        "cluster_permissions": ["cluster_composite_ops_ro"],
        "index_permissions": [
            READ_PREDICTIONS,
            {"index_patterns": [GLOBAL_TENANT], "allowed_actions": ["read", "indices:admin/get"]},
        ],
        "tenant_permissions": [{"tenant_patterns": ["global_tenant"], "allowed_actions": ["kibana_all_read"]}],
    },
    "prediction_editor": {
        "description": "Reads what a viewer reads; makes, changes and deletes dashboards of the global tenant, no data",
        "cluster_permissions": ["cluster_composite_ops_ro", "indices:data/write/bulk"],
        "index_permissions": [
            READ_PREDICTIONS,
            {"index_patterns": [GLOBAL_TENANT], "allowed_actions": ["read", "write", "indices:admin/get"]},
        ],
        "tenant_permissions": [{"tenant_patterns": ["global_tenant"], "allowed_actions": ["kibana_all_write"]}],
    },
}
"""The roles by name, as the security plugin takes them: permissions are its action groups or single actions."""
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
    if _existing(opensearch, f"{SECURITY}/roles/{SERVICES_ADMINISTRATOR}", SERVICES_ADMINISTRATOR):
        administrators, before = mappings.get(ADMINISTRATOR, ()), (former or {}).get(ADMINISTRATOR, ())
        _map(opensearch, SERVICES_ADMINISTRATOR, set(administrators), set(before))


def _map(opensearch: Connection, role: str, wanted: set[str], former: set[str]) -> None:
    path = f"{SECURITY}/rolesmapping/{role}"
    mapping = _existing(opensearch, path, role)
    had = set(mapping.get("backend_roles", ()))
    backend_roles = (had - former) | wanted
    if backend_roles == had:
        return
    kept = {name: mapping[name] for name in ("users", "hosts", "and_backend_roles", "description") if mapping.get(name)}
    opensearch.call("PUT", path, json={**kept, "backend_roles": sorted(backend_roles)})


def _existing(opensearch: Connection, path: str, role: str) -> Mapping[str, Any]:
    try:
        existing: Mapping[str, Any] = opensearch.call("GET", path)[role]
        return existing
    except ServerError as error:
        if error.status == 404:
            return {}
        raise
