"""The search box's query language, as far as a preview needs it, turned into Lucene's.

``and or not`` in any case, ``field : value``, ``field >= 3``, quotes, brackets and ``*`` are understood;
nested fields (``a:{ b:1 }``) are not. What does not parse becomes an error of the search, shown as such.
"""

import re
from typing import Any

_WORD = re.compile(r'"(?:\\.|[^"\\])*"|[()]|[<>]=?|:|[^\s()"<>:]+')


def to_query(text: str, language: str = "kuery") -> dict[str, Any] | None:
    """The OpenSearch query of a search text; None when it is empty."""
    if not text.strip():
        return None
    lucene = text if language == "lucene" else _to_lucene(text)
    return {"query_string": {"query": lucene, "default_operator": "AND", "lenient": True}}


def _to_lucene(text: str) -> str:
    words: list[str] = []
    for word in _WORD.findall(text):
        if word.lower() in ("and", "or", "not"):
            words.append(word.upper())
        elif word in ("<", ">", "<=", ">=") and words:
            words[-1] += ":" + word
        elif word == ":" and words:
            words[-1] += ":"
        elif words and words[-1].endswith((":", "<", ">", "<=", ">=")):
            words[-1] += _escaped(word)
        else:
            words.append(_escaped(word))
    return " ".join(words)


def _escaped(word: str) -> str:
    """Lucene's own operators that KQL reads as plain letters."""
    if word.startswith('"') or word in ("(", ")"):
        return word
    return re.sub(r"([+\-!{}\[\]^~?/&|])", r"\\\1", word)
