"""The import of the handler in a Lambda runtime, before the first request."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

IMPORT = "from inference_lambda.handler import load_model; print('loaded', load_model.cache_info().currsize)"


def initialize(kind: str | None, folder: str = "model") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "MODEL_DIR": folder}
    if kind:
        environment["AWS_LAMBDA_INITIALIZATION_TYPE"] = kind
    return subprocess.run([sys.executable, "-c", IMPORT], env=environment, capture_output=True, text=True)


@pytest.mark.parametrize("kind", ["on-demand", "provisioned-concurrency", "snap-start"])
def test_model_is_loaded_before_the_first_request(kind: str) -> None:
    assert initialize(kind).stdout == "loaded 1\n"


def test_import_anywhere_else_loads_nothing() -> None:
    assert initialize(None).stdout == "loaded 0\n"


def test_model_that_cannot_be_loaded_waits_for_the_first_request_to_say_so(tmp_path: Path) -> None:
    assert initialize("on-demand", str(tmp_path)).stdout == "loaded 0\n"


def test_snapshot_of_a_model_that_cannot_be_loaded_fails_the_deployment(tmp_path: Path) -> None:
    done = initialize("snap-start", str(tmp_path))

    assert done.returncode != 0
    assert "model.onnx is missing" in done.stderr
