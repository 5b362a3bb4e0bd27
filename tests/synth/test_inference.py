"""The inference construct: what its function may do, and which model folders a synthesis refuses."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Match, Template

from checks.profiles import composed
from inference_lambda.config import Config
from inference_lambda.folder import ModelFolderError
from stacks.constructs.inference import PACKAGED_MODEL, Inference, model_folder, model_name
from stacks.settings import SettingsError
from tests.synth.conftest import FUNCTIONS


def synthesize(**choices: Any) -> Template:
    stack = Stack(App(), "Test")
    Inference(
        stack,
        "Inference",
        config=Config(store_text="hash"),
        code=lambda_.Code.from_inline("the code is another test's matter"),
        functions=FUNCTIONS,
        **choices,
    )
    return Template.from_stack(stack)


def test_function_runs_on_arm64_with_its_settings() -> None:
    synthesize().has_resource_properties(
        "AWS::Lambda::Function",
        {
            "Runtime": "python3.13",
            "Architectures": ["arm64"],
            "Environment": {"Variables": Match.object_like({"STORE_TEXT": "hash"})},
        },
    )


def test_the_function_has_its_own_log_group_with_a_retention_time() -> None:
    template = synthesize()

    template.has_resource_properties("AWS::Logs::LogGroup", {"RetentionInDays": 7})
    template.has_resource_properties("AWS::Lambda::Function", {"LoggingConfig": {"LogGroup": Match.any_value()}})


@pytest.mark.parametrize(("choices", "auth"), [({}, "AWS_IAM"), ({"url_is_public": True}, "NONE")])
def test_the_url_requires_a_signature_unless_it_is_public(choices: dict[str, Any], auth: str) -> None:
    synthesize(**choices).has_resource_properties("AWS::Lambda::Url", {"AuthType": auth})


def test_by_default_nobody_has_access() -> None:
    synthesize().resource_count_is("AWS::Lambda::Permission", 0)


def test_snap_start_serves_the_url_from_a_published_version() -> None:
    template = synthesize(snap_start=True)

    template.has_resource_properties("AWS::Lambda::Function", {"SnapStart": {"ApplyOn": "PublishedVersions"}})
    template.has_resource_properties("AWS::Lambda::Url", {"Qualifier": "live"})


def test_folder_that_lacks_files_fails_with_their_names(tmp_path: Path) -> None:
    shutil.copy(PACKAGED_MODEL / "labels.json", tmp_path)

    with pytest.raises(SettingsError) as caught:
        composed({"model_dir": str(tmp_path)})

    assert "model.onnx is missing; tokenizer.json is missing" in str(caught.value)
    assert str(caught.value).startswith("Setting model_dir=")


def test_folder_that_cannot_predict_fails(tmp_path: Path) -> None:
    for name in ("labels.json", "tokenizer.json"):
        shutil.copy(PACKAGED_MODEL / name, tmp_path)
    (tmp_path / "model.onnx").write_bytes(b"of another kind")

    with pytest.raises(ModelFolderError, match=r"model\.onnx"):
        model_folder(str(tmp_path))


def test_folder_elsewhere_is_taken_as_it_is(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(PACKAGED_MODEL, tmp_path / "mine"))

    assert model_folder(str(folder)) == folder


@pytest.mark.parametrize(
    ("model_dir", "model_uri", "name"),
    [
        ("inference_lambda/model", "", Config().model_name),
        ("inference_lambda/model/", "", Config().model_name),
        ("~/models/sentiment-7", "", "sentiment-7"),
        ("inference_lambda/model", "s3://bucket/models/sentiment-7/", "sentiment-7"),
    ],
)
def test_model_is_named_after_its_folder(model_dir: str, model_uri: str, name: str) -> None:
    assert model_name(model_dir, model_uri) == name
