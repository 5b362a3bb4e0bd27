"""What each profile sets; any setting that is given beside it wins."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class LocalCloud:
    """What only the local cloud sets. Its emulator has no signatures, networks, metric math or SnapStart."""

    dashboards_url: str = ""
    """A Dashboards that runs there; empty: the domain's own."""


PROFILES: Mapping[str, Mapping[str, Any]] = {
    "dev": {},
    "production": {
        "instance_type": "r7g.large.search",
        "data_nodes": 3,
        "zones": 3,
        "manager_nodes": 3,
        "volume_gib": 100,
        "sign_in": "cognito",
        "fine_grained_access": True,
        "index_retention_days": 90,
        "log_retention_days": 90,
        "domain_logs": True,
        "retain_data": True,
        "names_role": False,
        "shipper_concurrency": 20,
        "alarms": True,
        "alarm_silence_hours": 24,
    },
    "local": {
        "local": LocalCloud(),
        "names_role": False,
        "drift_reference_size": 300,
        "quality_reference_size": 100,
        "quality_minimum": 50,
    },
}
"""Profile → the settings it changes; every other setting has its default, which is the tutorial's."""
