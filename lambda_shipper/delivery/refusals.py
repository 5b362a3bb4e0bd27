"""What to send instead of a document that the domain refuses: first without the key that it refuses, then raw.

OpenSearch names the field in the error's reason, in words that differ from error to error; each pattern below is one
of them (seen in 2.19). Where none fits, all keys go that are not this project's own.
"""

from __future__ import annotations

import re
from typing import Any

import orjson

from lambda_shipper.config import Config
from lambda_shipper.documents.chunks import LEFT_OUT, Action, Mark
from lambda_shipper.documents.preparing import name_left_out
from lambda_shipper.documents.rawforms import NEWLINE, raw_lines
from lambda_shipper.domain.answers import Item
from lambda_shipper.domain.indices import STANDARD
from lambda_shipper.domain.keys import without_key

REFUSED_FIELD = tuple(
    re.compile(pattern)
    for pattern in (
        r"failed to parse(?: date)? field \[(?P<field>[^\]]+)\] of type",
        r"object mapping for \[(?P<field>[^\]]+)\] tried to parse",
        r"mapper \[(?P<field>[^\]]+)\] (?:cannot be changed|of different type)",
        r"merge a non object mapping \[(?P<field>[^\]]+)\]",
        r"merge .*mapping \[(?P<field>[^\]]+)\] with",
        r"immense term in field=\"(?P<field>[^\"]+)\"",
        r"across documents for field \[(?P<field>[^\]]+)\]",
        r"Could not dynamically add mapping for field \[(?P<field>[^\]]+)\]",
        r"[Ff]ield \[(?P<field>[^\]]+)\]",
    )
)
REASONS = (("Limit of total fields", "too_many_fields"), ("depth", "too_deep"), ("metadata field", "reserved_name"))
MOST_REPAIRS = 12
"""How many keys of a document are left out one by one, before all go that are not this project's own."""
OURS = {path.partition(".")[0] for path in STANDARD}


def next_form(action: Action, item: Item, config: Config) -> Action:
    """Return what to send instead of a refused document. Not for a raw form, which has no other: see `Mark`."""
    head, _, line = action.lines.partition(b"\n")
    document = orjson.loads(line)
    if repair(document, item, action.mark.repairs):
        mark = Mark(repairs=action.mark.repairs + 1, traits=tuple(dict.fromkeys([*action.mark.traits, LEFT_OUT])))
        return action._replace(lines=head + b"\n" + orjson.dumps(document, None, NEWLINE), mark=mark)
    raw_head = head.replace(b'"_index":"cwl-', b'"_index":"raw-', 1) + b"\n"
    lines = raw_lines(raw_head, document, item.reason, item.detail, config)
    return action._replace(lines=lines, mark=Mark(is_raw=True))


def repair(document: dict[str, Any], item: Item, repairs: int) -> bool:
    """Leave out what the domain refuses, and say so in the document; tells whether a prediction is left to index."""
    field = find_refused_field(item.detail)
    reason = reason_of(item.detail) or item.reason
    left_out: list[tuple[str, str]] = []
    if field and repairs < MOST_REPAIRS and not field.startswith(("@", "shipper")) and without_key(document, field):
        left_out.append((field, reason))
    elif repairs <= MOST_REPAIRS:
        for key in [key for key in document if key not in OURS and not key.startswith("@")]:
            del document[key]
            left_out.append((key, reason))
    shipper = document["shipper"]
    if not left_out or not (shipper.get("failed") or _is_prediction(document.get("prediction"))):
        return False
    name_left_out(shipper, left_out)
    return True


def find_refused_field(detail: str) -> str | None:
    """Return the field that an error is about, or None if it names none."""
    for pattern in REFUSED_FIELD:
        if found := pattern.search(detail):
            return found["field"]
    return None


def reason_of(detail: str) -> str | None:
    """Return why a key was refused, where the error is about something else than its type."""
    return next((reason for words, reason in REASONS if words in without_quotes(detail)), None)


def without_quotes(detail: str) -> str:
    """Return an error's words without what may quote a name or a value."""
    return re.sub(r"\[[^\]]*\]|'[^']*'|\"[^\"]*\"", "", detail)


def _is_prediction(fields: Any) -> bool:
    return isinstance(fields, dict) and bool(fields)
