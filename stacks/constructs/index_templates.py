"""The index templates: the files, with what the settings say of shards, copies and refreshes."""

import json
from collections.abc import Mapping
from pathlib import Path

from contracts.indices import INDICES, PREDICTIONS

ROOT = Path(__file__).parents[2]
TEMPLATE_FILES: Mapping[str, str] = {each.template: f"contracts/templates/{each.template_file}" for each in INDICES}
"""Name → file of each template that must be there before its first document."""


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
        if name == PREDICTIONS.template:  # the only one that grows with the traffic
            settings["number_of_shards"] = shards
            if refresh_seconds:
                settings["index.refresh_interval"] = f"{refresh_seconds}s"
        found[name] = json.dumps(template)
    return found
