"""Check a model folder without ONNX Runtime, at synthesis and at cold start."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from contracts.errors import UserError

FILES = ("model.onnx", "tokenizer.json", "labels.json")
NOVELTY_FILE = "novelty.npz"
"""A fourth file that a folder may have: with it, each prediction says how unlike the training texts its text is."""


class ModelFolderError(UserError, ValueError):
    """A model folder cannot be used. The message lists all that is missing or wrong."""


def check_folder(folder: Path) -> None:
    """Check everything that can be checked without ONNX Runtime.

    Raises:
        ModelFolderError: if a file is missing or malformed.
    """
    _read(folder, {"labels.json": _labels, "tokenizer.json": _tokenizer})


def read_labels(folder: Path) -> list[str]:
    """Return the labels in the order of the model's outputs.

    This does not read the tokenizer. A library loads it next, and reading it twice would slow a cold start.

    Raises:
        ModelFolderError: if a file is missing, or labels.json is malformed.
    """
    labels: list[str] = _read(folder, {"labels.json": _labels})["labels.json"]
    return labels


def _read(folder: Path, readers: Mapping[str, Callable[[Any], Any]]) -> dict[str, Any]:
    if not folder.is_dir():
        raise ModelFolderError(f"{folder} is not a folder. A model folder holds {', '.join(FILES)}.")
    faults = [f"{name} is missing" for name in FILES if not (folder / name).is_file()]
    found = {}
    for name, read in readers.items():
        if (folder / name).is_file():
            try:
                found[name] = read(json.loads((folder / name).read_text(encoding="utf-8")))
            except (ValueError, RecursionError) as error:
                faults.append(f"{name}: {error}")
    if (folder / "model.onnx").is_file() and not (folder / "model.onnx").stat().st_size:
        faults.append("model.onnx is empty")
    if faults:
        raise ModelFolderError(f"{folder} is not a model folder: {'; '.join(faults)}.")
    return found


def _labels(content: Any) -> list[str]:
    """Return the labels from a list of names, or from Hugging Face's `id2label` object."""
    if isinstance(content, dict):
        if sorted(content) != sorted(map(str, range(len(content)))):
            raise ValueError('the keys must be "0", "1", … without a gap')
        content = [content[str(index)] for index in range(len(content))]
    if not isinstance(content, list) or not all(isinstance(name, str) and name for name in content):
        raise ValueError('must be a list of names, such as ["unacceptable", "acceptable"]')
    if len(content) < 2 or len(set(content)) < len(content):
        raise ValueError("must name two or more labels, each once")
    return content


def _tokenizer(content: Any) -> None:
    if not isinstance(content, dict) or "model" not in content:
        raise ValueError("is not a fast tokenizer's file (tokenizer.save_pretrained writes one)")
