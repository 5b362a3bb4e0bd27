"""Load a model folder (an ONNX classifier, its tokenizer and its labels) and classify sentences with ONNX Runtime.

The model gets one sentence at a time. An int8 model scales its activations over the whole input, so in a padded batch
a sentence's score would depend on its neighbours. Padding also costs more than a second call.
"""

import hashlib
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as errors
from tokenizers import Tokenizer

from contracts.errors import UserError
from inference_lambda.folder import ModelFolderError, read_labels
from inference_lambda.novelty import Novelty, NoveltyError

DEFAULT_MAX_TOKENS = 512
"""BERT's limit, for a folder in which neither the tokenizer nor the model has a limit."""
REQUIRED_INPUTS = {"input_ids", "attention_mask"}
KNOWN_INPUTS = REQUIRED_INPUTS | {"token_type_ids"}
RUNTIME_ERRORS = (
    errors.EPFail,
    errors.Fail,
    errors.InvalidArgument,
    errors.InvalidGraph,
    errors.InvalidProtobuf,
    errors.NotImplemented,
    errors.RuntimeException,
)


class ModelError(UserError):
    """The model could not be loaded, or its output cannot be used."""


class Classification(NamedTuple):
    """The result for one sentence. `truncated` is true if the model did not see the end of the sentence.

    `novelty` says how unlike the training texts the sentence is, 0 to 1; None if the model folder cannot tell.
    """

    label: str
    score: float
    truncated: bool
    novelty: float | None = None


class Model:
    """A loaded model folder. `version` is the first 12 hex digits of the model file's SHA-256."""

    def __init__(self, folder: Path, *, name: str, threads: int = 1) -> None:
        """Load the folder.

        Raises:
            ModelError: if the folder is not a model folder, or its model has other inputs or outputs than required.
        """
        try:
            self.labels = read_labels(folder)
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = threads
            options.inter_op_num_threads = 1
            self._session = onnxruntime.InferenceSession(folder / "model.onnx", options, ["CPUExecutionProvider"])
        except (ModelFolderError, *RUNTIME_ERRORS) as error:
            raise ModelError(str(error)) from error
        with (folder / "model.onnx").open("rb") as file:
            self.version = hashlib.file_digest(file, "sha256").hexdigest()[:12]
        self.name = name
        self._inputs = {each.name: each.shape for each in self._session.get_inputs()}
        self._check_signature(folder)
        self._prepare_tokenizer(folder)
        try:
            self._novelty = Novelty.load(folder, self._tokenizer.get_vocab_size())
        except NoveltyError as error:
            raise ModelError(str(error)) from error

    def classify(self, sentence: str) -> Classification:
        """Return the most probable label, its probability to four digits, and whether the end was cut off.

        Raises:
            ModelError: if the model fails, or its output cannot be used.
        """
        encoding = self._tokenizer.encode(sentence)
        features = {
            "input_ids": encoding.ids,
            "attention_mask": encoding.attention_mask,
            "token_type_ids": encoding.type_ids,
        }
        feed = {name: np.array([features[name]], dtype=np.int64) for name in self._inputs}
        try:
            logits = self._session.run(None, feed)[0]
        except RUNTIME_ERRORS as error:
            raise ModelError(f"the model failed: {error}") from error
        if logits.shape != (1, len(self.labels)):
            raise ModelError(
                f"the model's output has the shape {logits.shape}, but there are {len(self.labels)} labels"
            )
        powers = np.exp(logits[0].astype(np.float64) - logits[0].max())
        scores = powers / powers.sum()
        if not np.isfinite(scores).all():
            raise ModelError("the model's output is not finite")
        best = int(scores.argmax())
        novelty = None
        if self._novelty:
            ids = encoding.ids[: sum(encoding.attention_mask)]  # without padding
            novelty = self._novelty.of(sentence, ids)
        return Classification(self.labels[best], round(float(scores[best]), 4), bool(encoding.overflowing), novelty)

    @classmethod
    def load_and_try(cls, folder: Path) -> Self:
        """Load a folder and let its model predict once, as a check before a deployment.

        Raises:
            ModelError: if the model cannot be loaded, or fails.
        """
        model = cls(folder, name=folder.name)
        model.classify("A short sentence shows that it works.")
        return model

    def _check_signature(self, folder: Path) -> None:
        missing, unknown = REQUIRED_INPUTS - self._inputs.keys(), self._inputs.keys() - KNOWN_INPUTS
        if missing or unknown:
            raise ModelError(
                f"{folder / 'model.onnx'} has the inputs {', '.join(self._inputs)}; "
                "it must have input_ids and attention_mask, and may have token_type_ids"
            )
        outputs = self._session.get_outputs()[0].shape[-1]
        if isinstance(outputs, int) and outputs != len(self.labels):
            raise ModelError(
                f"{folder / 'model.onnx'} has {outputs} outputs, but labels.json names {len(self.labels)} labels"
            )

    def _prepare_tokenizer(self, folder: Path) -> None:
        """Pad only if the model was exported with a fixed length, as the tutorial's was. Always truncate."""
        try:
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:  # The library raises no narrower error.
            raise ModelError(f"{folder / 'tokenizer.json'} cannot be read: {error}") from error
        padding, truncation = self._tokenizer.padding or {}, self._tokenizer.truncation or {}
        length = self._inputs["input_ids"][1]
        fixed = length if isinstance(length, int) else None
        self._tokenizer.enable_truncation(fixed or truncation.get("max_length") or DEFAULT_MAX_TOKENS)
        if fixed:
            pad = {key: padding[key] for key in ("pad_id", "pad_token", "pad_type_id") if key in padding}
            self._tokenizer.enable_padding(length=fixed, **pad)
        else:
            self._tokenizer.no_padding()
