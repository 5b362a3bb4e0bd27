"""Keep saved objects and short links in one folder, also when the preview restarts."""

import hashlib
import json
import threading
from pathlib import Path
from typing import Any

Key = tuple[str, str]


class Store:
    """A folder with `saved_objects.ndjson` and `short_links.json`. Every write replaces a whole file."""

    def __init__(self, home: Path) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self._objects_file = home / "saved_objects.ndjson"
        self._links_file = home / "short_links.json"
        self._lock = threading.Lock()
        self._objects: dict[Key, dict[str, Any]] = {}
        self._links: dict[str, str] = {}
        if self._objects_file.exists():
            # Split at "\n" only: `splitlines` also cuts at characters that a title may hold, such as U+2028.
            lines = self._objects_file.read_text(encoding="utf-8").split("\n")
            for found in (json.loads(line) for line in lines if line):
                self._objects[found["type"], found["id"]] = found
        if self._links_file.exists():
            self._links = json.loads(self._links_file.read_text(encoding="utf-8"))

    def get(self, type_: str, id_: str) -> dict[str, Any] | None:
        """Return the object, or None."""
        return self._objects.get((type_, id_))

    def all(self, *types: str) -> list[dict[str, Any]]:
        """Return the objects of these types (of all types if none is named), ordered by type and id."""
        return [each for key, each in sorted(self._objects.items()) if not types or key[0] in types]

    def put(self, objects: list[dict[str, Any]]) -> None:
        """Write all objects, over those with the same type and id."""
        with self._lock:
            self._write({**self._objects, **{(each["type"], each["id"]): each for each in objects}})

    def remove(self, type_: str, id_: str) -> bool:
        """Remove the object, and return whether it existed."""
        with self._lock:
            kept = {key: each for key, each in self._objects.items() if key != (type_, id_)}
            found = len(kept) < len(self._objects)
            if found:
                self._write(kept)
            return found

    def _write(self, objects: dict[Key, dict[str, Any]]) -> None:
        lines = [json.dumps(each, ensure_ascii=False) for _, each in sorted(objects.items())]
        _replace(self._objects_file, "".join(line + "\n" for line in lines))
        self._objects = objects

    def shorten(self, url: str) -> str:
        """Return the short id of a URL. The same URL always has the same id."""
        short = hashlib.sha256(url.encode()).hexdigest()[:32]
        with self._lock:
            if short not in self._links:
                links = {**self._links, short: url}
                _replace(self._links_file, json.dumps(links, indent=1))
                self._links = links
        return short

    def expand(self, short: str) -> str | None:
        """Return the URL behind a short id, or None."""
        return self._links.get(short)


def _replace(file: Path, text: str) -> None:
    new = file.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.replace(file)
