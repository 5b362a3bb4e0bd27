"""Every index of this project: its pattern, template and period, how long it is kept, and who may do what in it.

What needs an index's name takes it from here: the templates and first indices of an import, the roles in the domain
and their table in docs/security.md, what `predmon migrate` copies, and what a snapshot restores. The module imports
only the standard library, and the bundle of each function that needs it carries a copy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

ACTIONS: Mapping[str, tuple[str, ...]] = {
    "make": ("create_index",),
    "write": ("index",),
    "add fields to": ("indices:admin/mapping/put",),
    "read the fields of": ("indices:admin/mappings/get",),
    "search": ("indices:data/read/search*",),
    "read the field types of": ("indices:data/read/field_caps*",),
    "look up": ("indices:data/read/get*", "indices:data/read/mget*"),
    "refresh": ("indices:admin/refresh*",),
    "delete": ("delete",),
    "delete by query": ("indices:data/write/delete/byquery",),
    "fold": (
        "create_index",
        "read",
        "write",
        "indices:admin/aliases*",
        "indices:admin/block/add*",
        "indices:admin/delete",
        "indices:admin/get",
        "indices:admin/mapping/put",
        "indices:admin/mappings/get",
        "indices:admin/refresh*",
        "indices:admin/settings/update",
        "indices:monitor/*",
    ),
    "read": (
        "read",
        "indices:admin/get",
        "indices:admin/mappings/get",
        "indices:admin/mappings/fields/get*",
        "indices:admin/resolve/index",
    ),
}
"""What a grant says → the actions and action groups of the security plugin. `fold` is everything that moving documents
from one index into another takes."""
KEEPER = ("make", "write", "refresh", "look up", "search")
"""What a function may do in an index that only it writes to."""


@dataclass(frozen=True, kw_only=True)
class Index:
    """An index, or the indices of one pattern. `grants` says what each role may do there, by the words of ACTIONS."""

    template: str
    """Name of its index template in the domain."""
    template_file: str
    """That template, below `contracts/templates`."""
    pattern: str
    """What a search names."""
    name: str
    """The name of one index; of a pattern the name for a moment, in the letters of `strftime`."""
    holds: str
    grants: Mapping[str, tuple[str, ...]]
    fixed_names: tuple[str, ...] = ()
    """Indices of the pattern whose names have no date."""
    is_deleted_by_age: bool = False
    """Whether `index_retention_days` counts for it."""

    has_versions: bool = False
    """Whether its documents have versions of their own, which decide which of two is the newer."""

    @property
    def is_shown(self) -> bool:
        """Whether people may search it, so that panels may show it."""
        return "prediction_viewer" in self.grants

    def name_at(self, moment: datetime) -> str:
        """Return the name of the index for a moment."""
        return moment.strftime(self.name)

    def actions(self, role: str) -> list[str]:
        """Return what a role may do in it, as the security plugin takes it."""
        return list(dict.fromkeys(action for word in self.grants.get(role, ()) for action in ACTIONS[word]))


PREDICTIONS = Index(
    template="cwl",
    template_file="predictions.json",
    pattern="cwl-*",
    name="cwl-%Y.%m.%d",
    holds="predictions",
    is_deleted_by_age=True,
    grants={
        "prediction_shipper": ("make", "write", "add fields to", "read the fields of"),
        "prediction_drift": ("search", "read the field types of"),
        "prediction_quality": ("search",),
        "prediction_days": ("fold",),
        "prediction_viewer": ("read",),
        "prediction_editor": ("read",),
    },
)
RAW = Index(
    template="raw",
    template_file="raw.json",
    pattern="raw-*",
    name="raw-%Y.%m.%d",
    holds="lines kept raw",
    is_deleted_by_age=True,
    grants={
        "prediction_shipper": ("make", "write"),
        "prediction_drift": ("search", "read the field types of"),
        "prediction_days": ("fold",),
        "prediction_viewer": ("read",),
        "prediction_editor": ("read",),
    },
)
DRIFT = Index(
    template="drift",
    template_file="drift.json",
    pattern="drift-*",
    name="drift-%Y.%m",
    fixed_names=("drift-now",),
    holds="drift reports",
    grants={
        "prediction_drift": ("make", "write", "refresh", "delete", "search"),
        "prediction_quality": ("search",),
        "prediction_days": ("fold",),
        "prediction_viewer": ("read",),
        "prediction_editor": ("read",),
    },
)
DRIFT_REFERENCES = Index(
    template="prediction-reference",
    template_file="drift_reference.json",
    pattern="prediction-reference",
    name="prediction-reference",
    holds="references of drift",
    grants={"prediction_drift": KEEPER},
)
ACTUALS = Index(
    template="prediction-actuals",
    template_file="actuals.json",
    pattern="prediction-actuals",
    name="prediction-actuals",
    holds="actuals",
    has_versions=True,
    grants={
        "prediction_shipper": ("make", "write"),
        "prediction_quality": (*KEEPER, "delete", "delete by query"),
        "prediction_viewer": ("read",),
        "prediction_editor": ("read",),
    },
)
QUALITY_REFERENCES = Index(
    template="prediction-quality-reference",
    template_file="quality_reference.json",
    pattern="prediction-quality-reference",
    name="prediction-quality-reference",
    holds="references of quality",
    grants={"prediction_quality": KEEPER},
)
QUALITY = Index(
    template="quality",
    template_file="quality.json",
    pattern="quality-*",
    name="quality-%Y.%m",
    fixed_names=("quality-now",),
    holds="quality reports",
    grants={
        "prediction_quality": (*KEEPER, "delete"),
        "prediction_days": ("fold",),
        "prediction_viewer": ("read",),
        "prediction_editor": ("read",),
    },
)
LOCK = "prediction-days"
"""An index that is there while the function that folds past days works."""
INDICES = (PREDICTIONS, RAW, DRIFT, DRIFT_REFERENCES, ACTUALS, QUALITY_REFERENCES, QUALITY)
PATTERNS = tuple(each.pattern for each in INDICES)
"""Everything that this project writes: what is copied into another domain, and restored from a snapshot."""
