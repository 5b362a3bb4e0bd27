"""The query language of the search box (KQL), turned into OpenSearch queries as Dashboards does.

From weakest to strongest: `or`, `and`, `not`, parentheses. A backslash escapes special characters and the three
words. Nested fields (`a:{ b:1 }`) are not supported.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Query = dict[str, Any]

RANGES = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}
MAX_DEPTH = 50
"""How deeply parentheses may be nested. Python's own stack ends soon after."""
_OR, _AND = (re.compile(rf"\s+{word}\s+", re.IGNORECASE) for word in ("or", "and"))
_NOT = re.compile(r"not\s+", re.IGNORECASE)
_ESCAPED_WORD = re.compile(r"or|and|not", re.IGNORECASE)
_UNICODE = re.compile(r"u([0-9a-fA-F]{4})")
_SPACES = {"t": "\t", "r": "\r", "n": "\n"}
_SPECIAL = '\\():<>"*{}'
_LUCENE_SPECIAL = re.compile(r'[+\-=&|><!(){}\[\]^"~*?:\\/]')


class KqlError(ValueError):
    """The text is not valid KQL. The message says where."""


@dataclass(frozen=True)
class Literal:
    """A field's name or a value. There is a wildcard between any two of its `pieces`."""

    pieces: tuple[str, ...]
    quoted: bool = False

    @property
    def text(self) -> str:
        """The text, with `*` for each wildcard."""
        return "*".join(self.pieces)

    @property
    def has_wildcard(self) -> bool:
        """Whether it holds a wildcard."""
        return len(self.pieces) > 1

    @property
    def lucene(self) -> str:
        """The same as a Lucene query: wildcards stay, everything else is plain text."""
        return "*".join(_LUCENE_SPECIAL.sub(r"\\\g<0>", piece) for piece in self.pieces)


def to_query(text: str, language: str = "kuery") -> Query | None:
    """Return the OpenSearch query of a search text, or None for an empty text. Raises KqlError."""
    if not text.strip():
        return None
    if language == "lucene":
        return {"query_string": {"query": text, "analyze_wildcard": True}}
    return _Parser(text).parse()


def _any_of(queries: list[Query]) -> Query:
    return queries[0] if len(queries) == 1 else {"bool": {"should": queries, "minimum_should_match": 1}}


def _all_of(queries: list[Query]) -> Query:
    return queries[0] if len(queries) == 1 else {"bool": {"filter": queries}}


def _is(field: Literal | None, value: Literal) -> Query:
    """Return the query for `field : value`, or for `value` in any field."""
    fields = {"fields": [field.text]} if field else {}
    if value.pieces == ("", "") and field:
        return {"match_all": {}} if field.text == "*" else {"exists": {"field": field.text}}
    if value.has_wildcard:
        return {"query_string": {**fields, "query": value.lucene}}
    if field is None or field.has_wildcard:
        kind = "phrase" if value.quoted else "best_fields"
        return {"multi_match": {"type": kind, **fields, "query": value.text, "lenient": True}}
    return {"match_phrase" if value.quoted else "match": {field.text: value.text}}


class _Parser:
    """A recursive descent through the grammar. `_at` is the position of the next character."""

    def __init__(self, text: str) -> None:
        self._text = text.strip()
        self._at = 0
        self._depth = 0

    def parse(self) -> Query:
        query = self._or(self._expression)
        if self._at < len(self._text):
            raise self._error(f"{self._text[self._at]!r} was not expected here")
        return query

    def _or(self, operand: Callable[[], Query]) -> Query:
        queries = [self._and(operand)]
        while self._take(_OR):
            queries.append(self._and(operand))
        return _any_of(queries)

    def _and(self, operand: Callable[[], Query]) -> Query:
        queries = [self._not(operand)]
        while self._take(_AND):
            queries.append(self._not(operand))
        return _all_of(queries)

    def _not(self, operand: Callable[[], Query]) -> Query:
        self._skip_spaces()
        if self._take(_NOT):
            return {"bool": {"must_not": [self._group(operand)]}}
        return self._group(operand)

    def _group(self, operand: Callable[[], Query]) -> Query:
        """Read one operand, or any expression in parentheses."""
        self._skip_spaces()
        if not self._take_text("("):
            return operand()
        if self._depth == MAX_DEPTH:
            raise self._error(f"more than {MAX_DEPTH} parentheses are open")
        self._depth += 1
        query = self._or(operand)
        self._skip_spaces()
        if not self._take_text(")"):
            raise self._error("a closing parenthesis is missing")
        self._depth -= 1
        return query

    def _expression(self) -> Query:
        first = self._literal()
        after = self._at
        self._skip_spaces()
        if self._take_text(":"):
            return self._group_of_values(first)
        for operator in sorted(RANGES, key=len, reverse=True):
            if self._take_text(operator):
                return self._range(first, operator)
        self._at = after
        return _is(None, first)

    def _group_of_values(self, field: Literal) -> Query:
        # `field : not x` is no KQL, but `field : (not x)` is.
        return self._group(lambda: _is(field, self._literal()))

    def _range(self, field: Literal, operator: str) -> Query:
        self._skip_spaces()
        value = self._literal()
        if field.has_wildcard or value.has_wildcard:
            raise self._error(f"{operator} takes one field and one value, without *")
        return {"range": {field.text: {RANGES[operator]: value.text}}}

    def _literal(self) -> Literal:
        if self._take_text('"'):
            return self._quote()
        literal = self._unquote()
        if not literal.text:
            nested = self._text.startswith("{", self._at)
            raise self._error("nested fields are not supported" if nested else "a field or a value is missing")
        return literal

    def _quote(self) -> Literal:
        text = ""
        while not self._take_text('"'):
            if self._at == len(self._text):
                raise self._error("a closing quotation mark is missing")
            text += self._escape('"\\', words=False) if self._take_text("\\") else self._next()
        return Literal((text,), quoted=True)

    def _unquote(self) -> Literal:
        """Read words up to a special character or to `or`, `and` or `not`. Spaces between them belong to it."""
        pieces = [""]
        while self._at < len(self._text) and not self._at_keyword():
            if self._take_text("*"):
                pieces.append("")
            elif self._take_text("\\"):
                pieces[-1] += self._escape(_SPECIAL, words=True)
            elif self._text[self._at] in _SPECIAL:
                break
            else:
                pieces[-1] += self._next()
        pieces[-1] = pieces[-1].rstrip()
        return Literal(tuple(pieces))

    def _escape(self, special: str, *, words: bool) -> str:
        """Read what follows a backslash. A backslash before anything else stays a backslash."""
        if found := _UNICODE.match(self._text, self._at):
            self._at = found.end()
            return chr(int(found[1], 16))
        if words and (found := _ESCAPED_WORD.match(self._text, self._at)):
            self._at = found.end()
            return found[0]
        if self._at < len(self._text):
            character = self._text[self._at]
            if character in special or character in _SPACES:
                self._at += 1
                return _SPACES.get(character, character)
        return "\\"

    def _at_keyword(self) -> bool:
        if _OR.match(self._text, self._at) or _AND.match(self._text, self._at):
            return True
        starts_word = self._at == 0 or self._text[self._at - 1].isspace()
        return bool(starts_word and _NOT.match(self._text, self._at))

    def _take(self, pattern: re.Pattern[str]) -> bool:
        found = pattern.match(self._text, self._at)
        if found:
            self._at = found.end()
        return bool(found)

    def _take_text(self, text: str) -> bool:
        if not self._text.startswith(text, self._at):
            return False
        self._at += len(text)
        return True

    def _next(self) -> str:
        self._at += 1
        return self._text[self._at - 1]

    def _skip_spaces(self) -> None:
        while self._at < len(self._text) and self._text[self._at].isspace():
            self._at += 1

    def _error(self, problem: str) -> KqlError:
        return KqlError(f"The query cannot be parsed at character {self._at + 1}: {problem}. The query: {self._text}")
