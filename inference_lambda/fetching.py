"""Fetch a model folder from S3 to the function's own disk, once in each execution environment."""

import hashlib
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from inference_lambda.folder import FILES, NOVELTY_FILE, ModelFolderError

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


def fetch(uri: str, sha256: str, client: "S3Client | None" = None, disk: Path | None = None) -> Path:
    """Fetch the three files at `uri` (s3://bucket/prefix) and return their folder. Their joint SHA-256 is `sha256`.

    Where `sha256` is that of the three and novelty.npz, this file is fetched, too.

    This needs `s3:GetObject` on the files. The returned folder has always been verified.

    Raises:
        ModelFolderError: if a file cannot be fetched, or the checksum differs. Then nothing stays on the disk.
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
        of_three = digest.hexdigest()
        if of_three != sha256:
            # Only a checksum over four files asks for the fourth; where there is none, the three are to blame.
            with suppress(ModelFolderError):
                _download(client, bucket, f"{prefix.rstrip('/')}/{NOVELTY_FILE}", arriving / NOVELTY_FILE, digest)
        if digest.hexdigest() != sha256:
            raise ModelFolderError(f"{uri} has the SHA-256 {of_three}, not {sha256}. Check MODEL_URI and MODEL_SHA256.")
        arriving.rename(folder)  # All or nothing, and it takes no more space.
    return folder


def _s3() -> "S3Client":
    # Imported only when it is needed, because it takes a third of a second at cold start.
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
        raise ModelFolderError(f"could not fetch s3://{bucket}/{key}: {error}") from error
