"""Brings a model folder from S3 to the function's own disk, once per execution environment."""

import hashlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from inference_lambda.folder import FILES, ModelFolderError

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


def fetch(uri: str, sha256: str, client: "S3Client | None" = None, disk: Path | None = None) -> Path:
    """Return the folder with the three files behind `uri` (s3://bucket/prefix), whose joint SHA-256 is `sha256`.

    Needs `s3:GetObject` on them. Raises ModelFolderError when one cannot be fetched or the checksum differs;
    then nothing stays on the disk, and what is returned has always been verified.
    """
    disk = disk or Path(tempfile.gettempdir())
    folder = disk / f"model-{sha256}"
    if folder.is_dir():
        return folder
    bucket, _, prefix = uri.removeprefix("s3://").partition("/")
    client, digest = client or _s3(), hashlib.sha256()
    with tempfile.TemporaryDirectory(dir=disk) as scratch:
        arriving = Path(scratch) / "model"
        arriving.mkdir()
        for name in FILES:
            _download(client, bucket, f"{prefix.rstrip('/')}/{name}", arriving / name, digest)
        if digest.hexdigest() != sha256:
            raise ModelFolderError(
                f"{uri} has the SHA-256 {digest.hexdigest()}, not {sha256}: is it the model you mean?"
            )
        arriving.rename(folder)  # Whole or not at all, and takes no more of the disk.
    return folder


def _s3() -> "S3Client":
    # Imported only where it is needed: it costs a third of a second at cold start.
    import boto3

    return boto3.client("s3")


def _download(client: "S3Client", bucket: str, key: str, file: Path, digest: "hashlib._Hash") -> None:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        body = client.get_object(Bucket=bucket, Key=key)["Body"]
        with file.open("wb") as out:
            for chunk in body.iter_chunks(1 << 20):
                digest.update(chunk)
                out.write(chunk)
    except (BotoCoreError, ClientError, OSError) as error:
        raise ModelFolderError(f"s3://{bucket}/{key} cannot be fetched: {error}") from error
