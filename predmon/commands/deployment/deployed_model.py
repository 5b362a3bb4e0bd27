"""The model that is deployed, brought to this machine."""

import io
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import requests

from inference_lambda.config import PACKAGE, Config
from inference_lambda.fetching import fetch
from inference_lambda.folder import FILES, ModelFolderError
from predmon.commands.deployment.target import Target
from predmon.errors import UserError

TIMEOUT_SECONDS = 120
OUTPUT = "InferenceFunctionName"


def deployed_model(target: Target) -> Path:
    """Return a folder with the model that the inference function of `target` serves.

    It comes out of the function's own code, or from where the function itself fetches it. It is downloaded once.

    Raises:
        UserError: the stack has no inference function, or its model cannot be downloaded.
    """
    if OUTPUT not in target.outputs:
        raise UserError("This stack has no model of its own (inference=false). Name a model folder with --model-dir.")
    found = target.client("lambda").get_function(FunctionName=target.outputs[OUTPUT])
    variables = found["Configuration"].get("Environment", {}).get("Variables", {})
    config = Config.from_env(variables)
    if config.model_uri:
        try:
            return fetch(config.model_uri, config.model_sha256, target.client("s3"))
        except ModelFolderError as error:
            raise UserError(f"The deployed model cannot be fetched: {error}") from error
    folder = Path(config.model_dir)
    if folder.is_absolute() and folder.is_dir():
        return folder
    credentials = target.session.get_credentials()
    # On AWS the address holds its own signature. The emulator asks for the local cloud's secret.
    headers = {"x-amz-security-token": credentials.token or ""} if target.is_local and credentials else {}
    return _unpack(
        found["Code"]["Location"], headers, f"{PACKAGE.name}/{config.model_dir}", found["Configuration"]["CodeSha256"]
    )


def _unpack(url: str, headers: Mapping[str, str], inside: str, code_sha256: str) -> Path:
    """Return the model folder out of the function's package; one that is there already is taken as it is."""
    digest = code_sha256.replace("/", "_").replace("+", "-").rstrip("=")
    folder = Path(tempfile.gettempdir()) / f"deployed-model-{digest}"
    if folder.is_dir():
        return folder
    answer = requests.get(url, headers=headers, timeout=TIMEOUT_SECONDS)
    if not answer.ok:
        raise UserError(f"The code of the inference function cannot be downloaded: HTTP {answer.status_code}")
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        arriving = Path(scratch) / "model"
        arriving.mkdir()
        with zipfile.ZipFile(io.BytesIO(answer.content)) as package:
            for name in FILES:
                (arriving / name).write_bytes(package.read(f"{inside}/{name}"))
        arriving.rename(folder)
    return folder
