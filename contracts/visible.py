"""Show the control characters of somebody's text as text, so that they control neither a terminal nor a mail.

A label, a version or a log line may hold them: to clear the screen, to write over a line, or to turn the direction of
what follows (RFC 9839 calls them problematic).
"""

import re
from typing import Any

CONTROLS = r"\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff"
"""C0 and C1 but tab and line feed, other ends of lines, changes of direction, half characters, byte order marks."""
_CONTROL = re.compile(f"[{CONTROLS}]")
_CONTROL_OR_SPACE = re.compile(f"[{CONTROLS}\t\n]")


def visible(text: str, *, lines: bool = False) -> str:
    """Return the text with each control character as JSON writes it: `\\u001b`. `lines` keeps tabs and lines."""
    return (_CONTROL if lines else _CONTROL_OR_SPACE).sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def visible_in(found: Any) -> Any:
    """Return JSON with all its texts visible, those of keys too."""
    if isinstance(found, str):
        return visible(found)
    if isinstance(found, dict):
        return {visible(name): visible_in(value) for name, value in found.items()}
    return [visible_in(each) for each in found] if isinstance(found, list | tuple) else found
