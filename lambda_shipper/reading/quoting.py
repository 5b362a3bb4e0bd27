"""Which text says a prediction itself, and which only quotes one.

Whoever can get text into the log of a function must not speak for its model. So a prediction counts where the function
said it: as the line's own JSON, behind nothing but what a logger puts before a message, or as the whole value of an
envelope that a logger or a collector makes. What stands inside another text, or below a key for what came from outside,
is quoted.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from lambda_shipper.reading.names import words

ENVELOPES = words(
    """
    message msg log event @message short_message full_message textPayload _raw raw line record fields prediction
    result results response output data logEvent responsePayload renderedMessage formatted extra stringValue
    """
)
"""Keys whose text loggers and collectors fill with what a function said, and functions with what they answer."""
QUOTES = words(
    """
    request req headers header multiValueHeaders cookies cookie params query queryStringParameters input inputs
    requestPayload requestContext detail Records messages choices prompt completion answer generated_text error err
    exception exc_info stack stack_trace stackTrace stacktrace traceback errorMessage cause trace user
    """
)
"""Keys of what came from outside, of errors, and of generated text: also an object below them is quoted."""
REQUEST_KEYS = frozenset(
    ["httpMethod", "requestContext", "rawPath", "routeKey", "headers", "messageId", "receiptHandle", "detail-type"]
)
"""What stands beside the `body` of a logged request; beside that of a reply there is a status."""
STATUS_KEYS = frozenset(["statusCode", "status_code", "status", "severityText", "severityNumber", "timeUnixNano"])

MOST_PREFIX = 1000
"""What a logger puts before a message is shorter than this."""
TOKEN = re.compile(r"\[[^\[\]]*+\]|\([^()]*+\)|\{[^{}]*+\}|<[^<>]*+>|[^\s\[\](){}<>]++|[\[\](){}<>]")
LEVEL = re.compile(r"(?:trace|debug|info|information|notice|warn|warning|error|err|fatal|critical|severe|fine)", re.I)
MONTH = re.compile(r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri|Sat|Sun)")
HEADER = re.compile(
    r"""
      [^A-Za-z]*+                                   # numbers, times, signs
    | \d[\w.:+,/-]*+                                # 2026-01-02T03:04:05Z, 12ms
    | [0-9a-fA-F]{8}[0-9a-fA-F-]*+                  # a request's or a trace's id
    | stdout|stderr|[FPIWED](?:\d{4})?              # CRI, glog
    | (?:ts|time|timestamp|at|level|lvl|severity|logger|caller|thread|pid|service|env|msg|message|event)=.*+
    | START|END|REPORT|RequestId|Version|\$?LATEST|END\ RequestId
    """,
    re.VERBOSE | re.DOTALL,
)
MESSAGE_PAIR = re.compile(r"(?:msg|message|event|log)=")
"""What stands before a logger's message in logfmt, as logrus and tracing-logfmt write it."""
PLACE = re.compile(r"[A-Za-z_$][\w$-]*+(?:[.:/#@\\]++[\w$<>-]++)++")
"""A logger's or a function's name with its parts: `com.acme.Desk`, `__main__:handler:9`, `INFO:root`."""
SAID = re.compile(
    r"(?:predict|scor|classif|infer|result|output|return|respon|repl(?:y|ie)|done|label|serv|process|model)\w*", re.I
)
"""Words with which a function announces its own answer."""
FOREIGN = re.compile(
    r"""(?:receiv|request|input|event|body|payload|header|user|client|caller|customer|got|from|quot|pars|decod|invalid
       |unexpected|fail|error|exception|traceback|could|cannot|bad|prompt|answer|completion|generat|complet|said|asked
       |wrote|text|message|data|query|param|cookie|raw|unknown|reject|malform|content|trace|ignor|skip|near|comment)""",
    re.VERBOSE | re.I,
)
"""Beginnings of words with which a text announces what somebody else said."""
QUOTE_END = re.compile(r"""["'`´‘’“”„«»‹›\\]\s*+\Z""")
BROKEN_ENVELOPE = re.compile(r'"(?P<key>[\w@]++)"\s*+:\s*+\Z')
"""The end of a cut-off line's own JSON before a text that is whole."""


def is_said(prefix: str, suffix: str, *, is_own: bool, is_named: bool = False) -> bool:
    """Return whether a JSON value between these texts is the function's own. Takes linear time.

    `is_own` says that it is the line's own text: what begins with JSON is said whatever follows, in an envelope not.
    `is_named` says that the prefix ends with `prediction=`, so that what stands before and behind are its neighbours.
    """
    if not prefix.strip():
        return is_own or _is_glue(suffix)
    if (key := BROKEN_ENVELOPE.search(prefix[-100:])) and key["key"] in ENVELOPES:
        return True
    if len(prefix) > MOST_PREFIX or QUOTE_END.search(prefix[-10:]):
        return False
    if is_named:
        return not any(FOREIGN.match(word) for word in re.findall(r"[A-Za-z]+", _without_pairs(prefix)))
    return _is_log_prefix(prefix) and _is_glue(suffix)


class Trust(NamedTuple):
    """What under a key is the function's own: objects and lists, and texts."""

    objects: bool
    texts: bool


def trust_in(key: str, beside: dict[str, Any], further: frozenset[str]) -> Trust:
    """Return what under a key is what the function said, not what it quotes.

    `beside` is the object that has the key, and `further` are the keys that a setting names.
    """
    if key in further:
        return Trust(objects=True, texts=True)
    if key == "body":
        is_reply = not STATUS_KEYS.isdisjoint(beside)
        return Trust(objects=is_reply or REQUEST_KEYS.isdisjoint(beside), texts=is_reply)
    is_text_envelope = key in ENVELOPES or (key == "text" and "record" in beside)
    return Trust(objects=key not in QUOTES, texts=is_text_envelope)


def _without_pairs(prefix: str) -> str:
    """Return a prefix without the values of `key=value`, which are fields of the line."""
    return re.sub(r"""\b[\w.]{1,60}=(?:"[^"]*+"|'[^']*+'|\S++)""", " ", prefix)


def _is_log_prefix(prefix: str) -> bool:
    """Return whether a text is a logger's head, a short announcement of an answer, or both."""
    tokens = TOKEN.findall(_without_pairs(prefix))
    has_header = "=" in prefix
    free = 0
    for position, token in enumerate(tokens):
        word = token.strip(".,:;|-=>~*#!\"'")
        if token[0] in "[({<":
            inner = word.strip("[](){}<> ")
            if FOREIGN.match(inner) or (":" in token and '"' in token):
                return False
            has_header = has_header or inner[:1].isdigit() or LEVEL.fullmatch(inner) is not None
            continue
        if position == len(tokens) - 1 and MESSAGE_PAIR.fullmatch(token):
            has_header = True
        elif MONTH.fullmatch(word):
            has_header, free = True, free - 2
        elif HEADER.fullmatch(word) or PLACE.fullmatch(word) or LEVEL.fullmatch(word):
            has_header = has_header or bool(word)
        elif FOREIGN.match(word):
            return False
        elif not SAID.fullmatch(word):
            ends = token[-1] in ":|" or (position + 1 < len(tokens) and tokens[position + 1][0] in "-|:[")
            free += 1 if ends else 2
    return free <= (1 if has_header or "|" in prefix else 0)


def _is_glue(suffix: str) -> bool:
    """Return whether nothing follows but what a console or another message puts behind a line."""
    return not suffix.strip() or _is_log_prefix(suffix[:MOST_PREFIX])
