"""What a deployment of the local cloud was made of: an `up` that changes nothing need not repeat it."""

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from predmon.paths import ROOT

SOURCES = (
    *("app.py", "cdk.json", "cdk.context.json", "requirements.lock"),
    *("contracts", "dashboards", "inference_lambda", "lambda_shipper", "monitors", "stacks"),
)
"""All that the app and the functions' bundles are made of."""


def fingerprint(context: Mapping[str, str]) -> str:
    """Return a hash of the settings, of everything in SOURCES, and of the files that a setting names."""
    shared = json.loads((ROOT / "cdk.json").read_text())["context"]
    digest = hashlib.sha256(f"{sys.version}{json.dumps(context, sort_keys=True)}".encode())
    named = [value for value in {**shared, **context}.values() if isinstance(value, str) and value]
    for path in (*map(ROOT.joinpath, (*SOURCES, *named)), Path.home() / ".cdk.json"):
        for file in _files(path):
            digest.update(f"{file}".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _files(path: Path) -> Iterator[Path]:
    """Yield the file, or the files of the folder, without what Python and tools leave there."""
    if path.is_file():
        yield path
    elif path.is_dir():
        yield from (each for each in sorted(path.rglob("*")) if each.is_file() and "__pycache__" not in each.parts)
