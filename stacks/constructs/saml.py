"""What a company's identity provider says of itself: its SAML metadata, from a file or an address."""

import urllib.error
import urllib.request
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

from contracts.errors import UserError

MOST_BYTES = 1_048_576
"""The service takes no longer metadata."""
TIMEOUT_SECONDS = 20
DESCRIPTOR = "{urn:oasis:names:tc:SAML:2.0:metadata}EntityDescriptor"


class MetadataError(UserError, ValueError):
    """The file cannot be read, or holds no metadata; the message says why."""


@dataclass(frozen=True)
class IdentityProvider:
    """An identity provider: its name (an entity id) and the XML that it is known by."""

    entity_id: str
    metadata: str


def identity_provider(source: str) -> IdentityProvider:
    """Read the metadata at `source`, a path or an https address. Raises MetadataError."""
    content = _fetch(source) if source.startswith("https://") else _read(Path(source))
    if len(content) > MOST_BYTES:
        raise MetadataError(f"it is longer than {MOST_BYTES} bytes")
    try:
        text = content.decode()
        root = ElementTree.fromstring(text.lstrip("\ufeff"))  # noqa: S314 - Expat itself limits how entities expand
    except (UnicodeDecodeError, ElementTree.ParseError) as error:
        raise MetadataError(f"it is not XML: {error}") from error
    entity_id = root.get("entityID")
    if root.tag != DESCRIPTOR or not entity_id:
        raise MetadataError(f"it is no SAML EntityDescriptor with an entityID, but {root.tag}")
    return IdentityProvider(entity_id, text.lstrip("\ufeff").strip())


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise MetadataError(f"it cannot be read: {error.strerror}") from error


def _fetch(url: str) -> bytes:
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as answer:
            content: bytes = answer.read(MOST_BYTES + 1)
            return content
    except (urllib.error.URLError, TimeoutError, OSError) as error:
        raise MetadataError(f"it cannot be fetched: {error}") from error
