"""A domain in which nobody else has made anything, for tests of commands that look for such things."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.indices import INDICES, PATTERNS
from stacks.constructs.index_templates import index_templates


def untouched_domain() -> dict[str, Any]:
    """Return the answers of a domain in which nobody else has made anything."""
    tomorrow, patterns = datetime.now(UTC) + timedelta(days=1), ",".join(PATTERNS)
    templates = index_templates(1)
    return {
        f"GET /_resolve/index/{patterns}": {"aliases": [], "data_streams": []},
        f"GET /{patterns}/_settings/index.*pipeline*": {},
        "GET /_plugins/_ism/policies": {"policies": []},
        **{f"GET /{each.pattern}/_field_caps": {"indices": [], "fields": {}} for each in INDICES},
        **{
            f"POST /_index_template/_simulate_index/{each.name_at(tomorrow)}": json.loads(templates[each.template])
            for each in INDICES
        },
    }
