"""Fetching a model folder from S3: it is verified as a whole, or nothing stays."""

import hashlib
import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from inference_lambda.fetching import fetch
from inference_lambda.folder import FILES, NOVELTY_FILE, ModelFolderError

URI = "s3://models/cola/7"


@pytest.fixture
def s3(s3_client: Any) -> Iterator[Any]:
    with mock_aws():
        s3_client.create_bucket(Bucket="models")
        for name in FILES:
            s3_client.put_object(Bucket="models", Key=f"cola/7/{name}", Body=name.encode() * 1000)
        yield s3_client


@pytest.fixture
def checksum() -> str:
    """Return what `cat model.onnx tokenizer.json labels.json | sha256sum` prints."""
    return hashlib.sha256(b"".join(name.encode() * 1000 for name in FILES)).hexdigest()


@pytest.mark.parametrize("uri", [URI, URI + "/"])
def test_the_three_files_arrive_unchanged(s3: Any, checksum: str, tmp_path: Path, uri: str) -> None:
    folder = fetch(uri, checksum, s3, tmp_path)

    assert {file.name: file.read_bytes() for file in folder.iterdir()} == {n: n.encode() * 1000 for n in FILES}
    assert list(tmp_path.iterdir()) == [folder]


def test_a_checksum_over_four_files_fetches_the_fourth(s3: Any, tmp_path: Path) -> None:
    s3.put_object(Bucket="models", Key=f"cola/7/{NOVELTY_FILE}", Body=b"tables")
    of_four = hashlib.sha256(b"".join([*(name.encode() * 1000 for name in FILES), b"tables"])).hexdigest()

    assert (fetch(URI, of_four, s3, tmp_path) / NOVELTY_FILE).read_bytes() == b"tables"


def test_a_second_start_fetches_nothing(s3: Any, checksum: str, tmp_path: Path) -> None:
    folder = fetch(URI, checksum, s3, tmp_path)
    for name in FILES:
        s3.delete_object(Bucket="models", Key=f"cola/7/{name}")

    assert fetch(URI, checksum, s3, tmp_path) == folder


@pytest.mark.parametrize("name", FILES)
def test_any_other_file_than_the_deployed_one_is_refused(s3: Any, checksum: str, tmp_path: Path, name: str) -> None:
    s3.put_object(Bucket="models", Key=f"cola/7/{name}", Body=b"of another day")

    with pytest.raises(ModelFolderError, match=f"not {checksum}"):
        fetch(URI, checksum, s3, tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_missing_object_is_named(s3: Any, checksum: str, tmp_path: Path) -> None:
    s3.delete_object(Bucket="models", Key="cola/7/labels.json")

    with pytest.raises(ModelFolderError, match=r"could not fetch s3://models/cola/7/labels\.json: "):
        fetch(URI, checksum, s3, tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_disk_that_takes_no_more_is_named_and_the_next_start_fetches_anew(
    s3: Any, checksum: str, tmp_path: Path
) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(ModelFolderError, match=r"could not fetch s3://models/cola/7/model\.onnx: .*too large"):
            fetch(URI, checksum, s3, tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert list(tmp_path.iterdir()) == []
    assert (fetch(URI, checksum, s3, tmp_path) / "model.onnx").read_bytes() == b"model.onnx" * 1000
