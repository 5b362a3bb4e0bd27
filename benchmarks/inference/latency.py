"""Measure the latency of one sentence: the model as the function calls it, and in float32 as in the tutorial."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from inference_lambda.config import PACKAGE
from inference_lambda.model import Model

SENTENCE = "The old man who lives next door gave the children seven apples."
FOLDER = PACKAGE / "model"
REQUIREMENTS = Path(__file__).parent / "requirements.txt"
FULL_LENGTHS = (128, 512)
"""The packaged tokenizer's length, and the tutorial's own."""
CALLS = 200


def make_float32(file: Path) -> None:
    """Write the packaged model as float32, in a separate environment."""
    run = [str(Path(sys.executable).with_name("uv")), "run", "-q", "--no-project", "--python", sys.executable]
    module = ["python", "-m", "benchmarks.inference.float32", str(FOLDER / "model.onnx"), str(file)]
    subprocess.run([*run, "--with-requirements", str(REQUIREMENTS), *module], check=True)


def tutorial_way(model: Path, length: int) -> Callable[[], object]:
    """Tokenise, pad to the full length, run, softmax. One thread, as for the other one."""
    tokenizer = Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
    tokenizer.enable_truncation(length)
    tokenizer.enable_padding(length=length)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options)

    def call() -> object:
        encoding = tokenizer.encode(SENTENCE)
        ids, mask = (np.expand_dims(np.array(row), 0) for row in (encoding.ids, encoding.attention_mask))
        logits = session.run(None, {"input_ids": ids, "attention_mask": mask})[0][0]
        scores = np.exp(logits - logits.max())
        return scores / scores.sum()

    return call


def measure(folder: Path) -> list[str]:
    """Return the lines of the table. The contenders take turns, so that a busy machine slows all of them."""
    float32 = folder / "float32.onnx"
    make_float32(float32)
    model = Model(FOLDER, name="packaged")
    ways: dict[str, Callable[[], object]] = {"this function, int8, not padded": lambda: model.classify(SENTENCE)}
    ways |= {f"tutorial's way, float32, padded to {length}": tutorial_way(float32, length) for length in FULL_LENGTHS}
    times: dict[str, list[float]] = {name: [] for name in ways}
    for round_number in range(CALLS + 5):
        for name, call in ways.items():
            began = time.perf_counter()
            call()
            if round_number >= 5:
                times[name].append(time.perf_counter() - began)
    first = statistics.median(next(iter(times.values())))
    return [
        f"{name:44}{statistics.median(seconds) * 1000:9.2f} ms{statistics.median(seconds) / first:8.1f} ×"
        for name, seconds in times.items()
    ]
