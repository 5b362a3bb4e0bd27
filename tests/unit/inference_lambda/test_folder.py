"""The checks of a model folder before a deployment."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from inference_lambda.config import PACKAGE
from inference_lambda.folder import ModelFolderError, check_folder, read_labels

MakeFolder = Callable[..., Path]


def test_packaged_folder_keeps_its_own_contract() -> None:
    check_folder(PACKAGE / "model")

    assert read_labels(PACKAGE / "model") == ["unacceptable", "acceptable"]


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (["no", "yes"], ["no", "yes"]),
        ({"1": "yes", "0": "no"}, ["no", "yes"]),
    ],
    ids=["list", "id2label"],
)
def test_labels_come_in_the_order_of_the_outputs(make_folder: MakeFolder, labels: object, names: list[str]) -> None:
    assert read_labels(make_folder("plain", labels=labels)) == names


def test_everything_that_is_missing_is_listed_at_once(tmp_path: Path) -> None:
    with pytest.raises(ModelFolderError) as caught:
        check_folder(tmp_path)

    assert str(caught.value).endswith("model.onnx is missing; tokenizer.json is missing; labels.json is missing.")


def test_path_that_is_no_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelFolderError, match="nowhere is not a folder"):
        check_folder(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("labels.json", '"acceptable"', "list of names"),
        ("labels.json", '["same", "same"]', "each once"),
        ("labels.json", '["only"]', "two or more"),
        ("labels.json", '{"0": "no", "2": "yes"}', "without a gap"),
        ("labels.json", '["no", ', "labels.json: Expecting value"),
        ("labels.json", "[" * 100_000, "labels.json: maximum recursion depth"),
        ("tokenizer.json", '{"do_lower_case": true}', "not a fast tokenizer's file"),
        ("tokenizer.json", "\xff", "tokenizer.json: "),
        ("model.onnx", "", "model.onnx is empty"),
    ],
)
def test_fault_in_a_file_is_named(make_folder: MakeFolder, name: str, content: str, fault: str) -> None:
    folder = make_folder("plain")
    (folder / name).write_text(content, encoding="latin-1")

    with pytest.raises(ModelFolderError) as caught:
        check_folder(folder)

    assert fault in str(caught.value)


def test_check_needs_no_model_runtime() -> None:
    script = (
        "import sys; from inference_lambda.folder import check_folder; "
        "sys.exit(any(name in sys.modules for name in ('onnxruntime', 'numpy', 'tokenizers')))"
    )

    assert subprocess.run([sys.executable, "-c", script]).returncode == 0
