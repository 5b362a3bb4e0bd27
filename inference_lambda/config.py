"""The environment contract of the inference function; nothing else here reads `os.environ`."""

import os
from dataclasses import dataclass
from pathlib import Path

from contracts.environment import STORE_TEXT, ConfigError, EnvironmentConfig

PACKAGE = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Config(EnvironmentConfig):
    """What a deployment chooses."""

    model_name: str = "cola-minilm"
    """`model.name` in the log line; the version beside it is the model file's hash."""
    model_dir: str = "model"
    """The model folder in the package: relative to this file, or absolute."""
    model_uri: str = ""
    """`s3://bucket/prefix` of a model folder to fetch at cold start instead."""
    model_sha256: str = ""
    """SHA-256 over model.onnx, tokenizer.json and labels.json at `model_uri`, one after the other,
    then novelty.npz if it is to be fetched too."""
    store_text: str = "full"
    """What the log line keeps of the sentence: `full`, `hash` (SHA-256) or `none`."""
    identity_key: str = ""
    """What signs the identities that the function gives out. It takes actuals for no others."""
    threads: int = 1
    """Threads of one prediction: one per vCPU, and a function has one vCPU per 1,769 MB."""
    max_sentences: int = 100
    """Sentences in one request; more are refused."""
    max_characters: int = 20_000
    """Characters in one sentence; longer ones are refused, so that a log line stays within its 256 KB."""

    def __post_init__(self) -> None:
        """Raise ConfigError if a value cannot work."""
        self.require_choice("store_text", STORE_TEXT)
        self.require_above_zero("threads", "max_sentences", "max_characters")
        if self.model_uri and len(self.model_sha256) != 64:
            raise ConfigError(f"MODEL_SHA256={self.model_sha256!r}: write the 64 hex digits that go with MODEL_URI")


def initialization() -> str:
    """Return how Lambda imports us: `on-demand`, `snap-start`, `provisioned-concurrency`; empty outside of one."""
    return os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE", "")
