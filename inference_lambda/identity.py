"""Identities of predictions that show which function gave them out, so that nobody has to store them.

An identity is a UUID of version 7 (RFC 9562): its time in milliseconds since 1970, then 38 bits of chance, then 36 bits
that sign all this. An identity that somebody else made has the right signature once in 69 billion times.
"""

import hmac
import secrets
import time
import uuid

SIGNATURE_BITS = 36
CHANCE_BITS = 74 - SIGNATURE_BITS
LOW_BITS = 62
"""Bits behind the variant; 12 of a UUID's 74 free bits are before it."""


def new_identity(key: str, milliseconds: int | None = None) -> str:
    """Return a new identity that `key` signs. Its time is now by default."""
    moment = time.time_ns() // 1_000_000 if milliseconds is None else milliseconds
    return _sign(moment, secrets.randbits(CHANCE_BITS), key)


def is_own(identity: str, key: str) -> bool:
    """Return whether `key` signs this identity. An empty key signs none."""
    try:
        found = uuid.UUID(identity).int
    except ValueError:
        return False
    free = (found >> 64 & 0xFFF) << LOW_BITS | found & (1 << LOW_BITS) - 1
    return bool(key) and hmac.compare_digest(_sign(found >> 80, free >> SIGNATURE_BITS, key), identity)


def _sign(moment: int, chance: int, key: str) -> str:
    digest = hmac.digest(key.encode(), f"{moment} {chance}".encode(), "sha256")
    free = chance << SIGNATURE_BITS | int.from_bytes(digest) >> 256 - SIGNATURE_BITS
    parts = moment << 80 | 7 << 76 | (free >> LOW_BITS) << 64 | 2 << LOW_BITS | free & (1 << LOW_BITS) - 1
    return str(uuid.UUID(int=parts))
