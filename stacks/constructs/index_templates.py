"""The index templates: the files, with what the settings say of shards, copies and refreshes."""

import json
from collections.abc import Mapping
from pathlib import Path

from contracts.indices import INDICES, PREDICTIONS

ROOT = Path(__file__).parents[2]
TEMPLATE_FILES: Mapping[str, str] = {each.template: f"contracts/templates/{each.template_file}" for each in INDICES}
"""Name → file of each template that must be there before its first document."""


def index_templates(shards: int) -> dict[str, str]:
    """Return name → JSON of each template. `shards` is for the predictions.

    The engine refreshes every second, and not at all an index that nobody searched for half a minute. There is one
    copy, as soon as there is a node for it.
    """
    found = {}
    for name, file in TEMPLATE_FILES.items():
        template = json.loads((ROOT / file).read_text())
        settings = template["template"]["settings"]
        settings["auto_expand_replicas"] = "0-1"
        if name == PREDICTIONS.template:  # the only one that grows with the traffic
            settings["number_of_shards"] = shards
        found[name] = json.dumps(template)
    return found
