"""The inference function behind its URL, with the packaged model or the user's own."""

from pathlib import Path

from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from inference_lambda.config import PACKAGE, Config
from inference_lambda.folder import ModelFolderError, check_folder
from stacks.constructs.bundling import ROOT, Platform, contracts, python_code
from stacks.constructs.functions import FunctionFactory

REQUIREMENTS = "inference_lambda/requirements.txt"
MODEL_PLACE = "inference_lambda/model"
PACKAGED_MODEL = PACKAGE / "model"
MEMORY_MIB = 1769
"""One vCPU, what `config.threads=1` uses; the packaged model needs about 200 of it."""
UNUSED = (
    "onnxruntime/capi/libonnxruntime.so*",  # for C programs: the Python module is linked with all of it
    *(f"onnxruntime/{tools}" for tools in ("backend", "datasets", "quantization", "tools", "transformers")),
    *("numpy/f2py", "numpy/**/tests", "numpy/**/*.pyi"),
)
"""A third of the package; what remains is unpacked and read at each cold start."""


class Inference(Construct):
    """A function with its own log group and, with `has_url`, a URL that takes `POST {"sentence": …}`.

    `url_is_public` lets anyone call the URL, which costs money; otherwise a caller signs as an IAM identity with
    `lambda:InvokeFunctionUrl` and `lambda:InvokeFunction`. `snap_start` restores a loaded model at cold start: it pays
    where loading takes seconds (a large model, or one fetched from S3), and is billed for each published version.
    `can_roll_back` keeps every published version, and puts the alias `live` before the newest.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: Config,
        code: lambda_.Code,
        functions: FunctionFactory,
        has_url: bool = True,
        url_is_public: bool = False,
        snap_start: bool = False,
        can_roll_back: bool = False,
    ) -> None:
        super().__init__(scope, construct_id)
        self.function = functions.make(
            self,
            "Function",
            code=code,
            handler="inference_lambda.handler.handler",
            memory_size=MEMORY_MIB,
            # API Gateway gives up after 29 s.
            timeout=Duration.seconds(28),
            # The stack's id is made by chance, stays, and costs nothing. Callers of the function do not see it.
            environment=config.to_env() | {"IDENTITY_KEY": Aws.STACK_ID},
            snap_start=lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS if snap_start else None,
            # What a version holds must outlive it: a rollback goes back to it.
            current_version_options=lambda_.VersionOptions(removal_policy=RemovalPolicy.RETAIN)
            if can_roll_back
            else None,
            description="Classifies sentences and logs each prediction",
        )
        has_alias = snap_start or can_roll_back
        # A snapshot belongs to a version; the alias keeps one address over all versions.
        invoked: lambda_.IFunction = self.function.add_alias("live") if has_alias else self.function
        auth = lambda_.FunctionUrlAuthType.NONE if url_is_public else lambda_.FunctionUrlAuthType.AWS_IAM
        self.invoked_name = f"{self.function.function_name}:live" if has_alias else self.function.function_name
        self.url = invoked.add_function_url(auth_type=auth).url if has_url else ""

    def grant_model(self, uri: str, key_arn: str) -> None:
        """Let the function read the model at the S3 address `uri`, and use the key of its bucket, if one is named."""
        files = f"arn:{Aws.PARTITION}:s3:::{uri.removeprefix('s3://').rstrip('/')}/*"
        self.function.add_to_role_policy(iam.PolicyStatement(actions=["s3:GetObject"], resources=[files]))
        if key_arn:
            self.function.add_to_role_policy(iam.PolicyStatement(actions=["kms:Decrypt"], resources=[key_arn]))


def inference_code(model_dir: str, platform: Platform, *, is_fetched: bool) -> lambda_.Code:
    """Return the function's asset, with the model folder in it unless it is fetched at cold start.

    A folder other than the packaged one must also predict here once, so that no deployment ends with a model that
    does not.

    Raises:
        ModelFolderError: `model_dir` is no model folder, or its model does not predict.
    """
    modules = sorted((ROOT / "inference_lambda").glob("*.py"))
    sources = [*contracts("text_terms"), *(str(file.relative_to(ROOT)) for file in modules)]
    if is_fetched:
        return python_code(sources, platform, REQUIREMENTS, unused=UNUSED)
    extra_folders = {MODEL_PLACE: model_folder(model_dir)}
    return python_code(sources, platform, REQUIREMENTS, extra_folders, UNUSED)


def model_name(model_dir: str, model_uri: str) -> str:
    """Return `model.name` of the log line: the default for the packaged model, else the folder's own name."""
    if model_uri:
        return model_uri.rstrip("/").rpartition("/")[2]
    folder = _absolute(model_dir)
    return Config().model_name if folder == PACKAGED_MODEL else folder.name


def model_folder(model_dir: str) -> Path:
    """Return the folder, after a check that it is one. Raises ModelFolderError with all that is missing or wrong."""
    folder = _absolute(model_dir)
    check_folder(folder)
    if folder != PACKAGED_MODEL:
        # Not at the top: ONNX Runtime takes longer to import than everything else here.
        from inference_lambda.model import Model, ModelError

        try:
            Model.load_and_try(folder)
        except ModelError as error:
            raise ModelFolderError(str(error)) from error
    return folder


def _absolute(model_dir: str) -> Path:
    return (ROOT / Path(model_dir).expanduser()).resolve()
