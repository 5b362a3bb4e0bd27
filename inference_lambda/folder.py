"""The model folder's contract, checked without ONNX Runtime: at synth, before a deployment, and at cold start."""

import json
from pathlib import Path

FILES = ("model.onnx", "tokenizer.json", "labels.json")


class ModelFolderError(ValueError):
    """The folder cannot be served; the message lists everything that is missing or wrong."""


def check(folder: Path) -> list[str]:
    """Return the labels in the order of the model's outputs. Raises ModelFolderError."""
    if not folder.is_dir():
        raise ModelFolderError(f"{folder} is not a folder. A model folder holds {', '.join(FILES)}.")
    faults = [f"{name} is missing" for name in FILES if not (folder / name).is_file()]
    labels: list[str] = []
    for name, read in (("labels.json", _labels), ("tokenizer.json", _tokenizer)):
        if (folder / name).is_file():
            try:
                labels = read(json.loads((folder / name).read_text(encoding="utf-8"))) or labels
            except (ValueError, RecursionError) as error:
                faults.append(f"{name}: {error}")
    if (folder / "model.onnx").is_file() and not (folder / "model.onnx").stat().st_size:
        faults.append("model.onnx is empty")
    if faults:
        raise ModelFolderError(f"{folder} is not a model folder: {'; '.join(faults)}.")
    return labels


def _labels(content: object) -> list[str]:
    """A list of names, or Hugging Face's `id2label` object."""
    if isinstance(content, dict):
        if sorted(content) != sorted(map(str, range(len(content)))):
            raise ValueError('the keys must be "0", "1", … without a gap')
        content = [content[str(index)] for index in range(len(content))]
    if not isinstance(content, list) or not all(isinstance(name, str) and name for name in content):
        raise ValueError('must be a list of names, such as ["unacceptable", "acceptable"]')
    if len(content) < 2 or len(set(content)) < len(content):
        raise ValueError("must name two or more labels, each once")
    return content


def _tokenizer(content: object) -> None:
    if not isinstance(content, dict) or "model" not in content:
        raise ValueError("is not a fast tokenizer's file (tokenizer.save_pretrained writes one)")
