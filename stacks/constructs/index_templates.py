"""The index templates: the files, with what the settings say of shards, copies and refreshes."""

import json
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEMPLATE_FILES: Mapping[str, str] = {
    "cwl": "contracts/templates/predictions.json",
    "raw": "contracts/templates/raw.json",
    "drift": "contracts/templates/drift.json",
    "prediction-reference": "contracts/templates/drift_reference.json",
    "prediction-actuals": "contracts/templates/actuals.json",
    "prediction-quality-reference": "contracts/templates/quality_reference.json",
    "quality": "contracts/templates/quality.json",
}
"""Name → file of each template that must be there before its first document."""
PREDICTIONS = "cwl"
"""The template of the indices that grow with the traffic; all others stay small."""


def index_templates(shards: int, replicas: int, refresh_seconds: int) -> dict[str, str]:
    """Return name → JSON of each template.

    `shards` and `refresh_seconds` are for the predictions. With 0 seconds the engine decides: every second, and not at
    all for an index that nobody searched for half a minute. `replicas` is a limit: a copy needs a node of its own.
    """
    found = {}
    for name, file in TEMPLATE_FILES.items():
        template = json.loads((ROOT / file).read_text())
        settings = template["template"]["settings"]
        settings["auto_expand_replicas"] = f"0-{replicas}"
        if name == PREDICTIONS:
            settings["number_of_shards"] = shards
            if refresh_seconds:
                settings["index.refresh_interval"] = f"{refresh_seconds}s"
        found[name] = json.dumps(template)
    return found
