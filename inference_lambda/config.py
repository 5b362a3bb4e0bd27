"""The environment contract of the inference function; nothing else here reads `os.environ`."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

PACKAGE = Path(__file__).parent
STORE_TEXT = ("full", "hash", "none")


@dataclass(frozen=True, kw_only=True)
class Config:
    """What a deployment chooses. Raises ValueError, naming the variable, for a value that cannot be."""

    model_name: str = "cola-minilm"
    """`model.name` in the log line; the version beside it is the model file's hash."""
    model_dir: str = "model"
    """The model folder in the package: relative to this file, or absolute."""
    model_uri: str = ""
    """`s3://bucket/prefix` of a model folder to fetch at cold start instead."""
    model_sha256: str = ""
    """SHA-256 over model.onnx, tokenizer.json and labels.json at `model_uri`, one after the other."""
    store_text: str = "full"
    """What the log line keeps of the sentence: `full`, `hash` (SHA-256) or `none`."""
    threads: int = 1
    """Threads of one prediction: one per vCPU, and a function has one vCPU per 1,769 MB."""
    max_sentences: int = 100
    """Sentences in one request; more are refused."""
    max_characters: int = 20_000
    """Characters in one sentence; longer ones are refused, so that a log line stays within its 256 KB."""

    def __post_init__(self) -> None:
        if self.store_text not in STORE_TEXT:
            raise ValueError(f"STORE_TEXT={self.store_text!r}: write one of {', '.join(STORE_TEXT)}")
        for name in ("threads", "max_sentences", "max_characters"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name.upper()}={getattr(self, name)}: write a number from 1 up")
        if self.model_uri and len(self.model_sha256) != 64:
            raise ValueError(f"MODEL_SHA256={self.model_sha256!r}: write the 64 hex digits that go with MODEL_URI")

    def to_env(self) -> dict[str, str]:
        """Return the variables that `from_env` reads."""
        return {each.name.upper(): str(getattr(self, each.name)) for each in fields(self)}

    @classmethod
    def from_env(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read the variables that are set; a missing one has the default above."""
        given: dict[str, str | int] = {}
        for each in fields(cls):
            value = environment.get(each.name.upper())
            if value is None:
                continue
            if each.type is int and not value.isdecimal():
                raise ValueError(f"{each.name.upper()}={value!r}: write a whole number")
            given[each.name] = int(value) if each.type is int else value
        return cls(**given)  # type: ignore[arg-type]  # checked above, field by field


def initialization() -> str:
    """How a Lambda runtime imports us: `on-demand`, `snap-start`, `provisioned-concurrency`; empty outside of one."""
    return os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE", "")
