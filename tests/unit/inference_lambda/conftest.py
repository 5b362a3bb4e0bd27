"""Model folders for the tests: a tiny ONNX model, a tokenizer of a dozen words, labels."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, processors

MODELS = Path(__file__).parent / "models"
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "the", "boy", "sits", "on", "a", "bench"]

MakeFolder = Callable[..., Path]


@pytest.fixture
def make_folder(tmp_path: Path) -> MakeFolder:
    """Return a function: `make_folder("plain", labels=[…], max_tokens=8)` makes a complete model folder."""

    def make(name: str, labels: object = ("long", "short"), max_tokens: int | None = None) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        shutil.copy(MODELS / f"{name}.onnx", folder / "model.onnx")
        tokenizer = Tokenizer(models.WordLevel({word: index for index, word in enumerate(WORDS)}, unk_token="[UNK]"))
        tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
        tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
        if max_tokens:
            tokenizer.enable_truncation(max_tokens)
        tokenizer.save(str(folder / "tokenizer.json"))
        (folder / "labels.json").write_text(json.dumps(labels), encoding="utf-8")
        return folder

    return make
