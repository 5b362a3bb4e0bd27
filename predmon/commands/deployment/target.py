"""What a command works on: the local cloud while it runs, else the stack in the AWS account of the environment.

The clients are imported where they are made: together they take longer to load than most commands take to run.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, overload

import requests

from predmon.deployment_name import find_current_name
from predmon.errors import UserError
from predmon.local.cloud import LocalCloud
from stacks import stack_name

if TYPE_CHECKING:
    import boto3
    from botocore.config import Config
    from opensearchpy import OpenSearch
    from requests_aws4auth import AWS4Auth
    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_cognito_idp import CognitoIdentityProviderClient
    from types_boto3_lambda import LambdaClient
    from types_boto3_logs import CloudWatchLogsClient
    from types_boto3_s3 import S3Client

    from dashboards.importer.connection import Connection

VARIABLE = "PREDMON_TARGET"
TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class Target:
    """A deployed stack: its outputs, and clients for it."""

    outputs: dict[str, str]
    _account: boto3.Session | dict[str, Any]
    """A session, or the arguments that make one: boto3 takes longer to load than a question to OpenSearch."""
    endpoint: str | None
    _clients: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def session(self) -> boto3.Session:
        """The session of boto3 for the stack's account."""
        import boto3

        return boto3.Session(**self._account) if isinstance(self._account, dict) else self._account

    @property
    def is_local(self) -> bool:
        """Whether this is the local cloud."""
        return self.endpoint is not None

    @property
    def in_place_of_aws(self) -> str | None:
        """The address that stands for AWS in the caller's environment, as after `source` of another cloud's env."""
        return None if self.is_local else os.environ.get("AWS_ENDPOINT_URL")

    @classmethod
    def resolve(cls, *, needs_search: bool = True) -> Target:
        """Find the stack. `PREDMON_TARGET=aws|local` chooses where both are possible.

        Without `needs_search`, the local cloud's emulator is enough.

        Raises UserError if there is neither a local cloud nor a stack on AWS. Also raises it if only a part of a local
        cloud runs, since the stack on AWS is not what was meant then.
        """
        wanted = os.environ.get(VARIABLE)
        if wanted not in (None, "", "aws", "local"):
            raise UserError(f"{VARIABLE}={wanted} is neither aws nor local. Set one of these, or unset it.")
        if wanted == "aws":
            return cls.on_aws()
        local_cloud = LocalCloud.current()
        if env := local_cloud.read_env() if needs_search else local_cloud.read_emulator_env():
            return cls._local(local_cloud, env)
        if problem := local_cloud.problem():
            raise UserError(problem)
        if wanted == "local":
            raise UserError("The local cloud does not run. Start it: predmon up")
        try:
            return cls.on_aws()
        except UserError as error:
            raise UserError(f"No local cloud runs here. To start it: predmon up. {error}") from error

    @classmethod
    def _local(cls, local_cloud: LocalCloud, env: dict[str, str]) -> Target:
        try:
            deployed = json.loads(local_cloud.outputs_file.read_text())
        except FileNotFoundError:
            raise UserError(
                "The local cloud is being deployed, or that has failed. Wait for predmon up to end, or run it again."
            ) from None
        stack = stack_name(find_current_name())
        if stack not in deployed:
            there = ", ".join(deployed) or "nothing"
            raise UserError(f"The local cloud has no stack {stack}, but {there}. Name it: --name, or run: predmon up")
        account = {
            "aws_access_key_id": env["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": env["AWS_SECRET_ACCESS_KEY"],
            "region_name": env["AWS_REGION"],
        }
        if token := env.get("AWS_SESSION_TOKEN"):
            account["aws_session_token"] = token
        return cls(deployed[stack], account, env["AWS_ENDPOINT_URL"])

    @classmethod
    def on_aws(cls) -> Target:
        """Return the stack in the AWS account of the environment. Raises UserError if it cannot be read."""
        import boto3
        import botocore.exceptions

        session, stack = boto3.Session(), stack_name(find_current_name())
        try:
            stacks = session.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
        except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as error:
            raise UserError(
                f"Stack {stack} cannot be read on AWS ({error}). Sign in to AWS, or deploy it: predmon deploy"
            ) from error
        outputs = {each["OutputKey"]: each["OutputValue"] for each in stacks[0].get("Outputs", [])}
        return cls(outputs, session, None)

    @overload
    def client(
        self, service: Literal["cognito-idp"], *, config: Config | None = None
    ) -> CognitoIdentityProviderClient: ...
    @overload
    def client(self, service: Literal["lambda"], *, config: Config | None = None) -> LambdaClient: ...
    @overload
    def client(self, service: Literal["logs"], *, config: Config | None = None) -> CloudWatchLogsClient: ...
    @overload
    def client(self, service: Literal["s3"], *, config: Config | None = None) -> S3Client: ...
    @overload
    def client(self, service: Literal["cloudformation"], *, config: Config | None = None) -> CloudFormationClient: ...

    def client(self, service: Any, *, config: Config | None = None) -> Any:
        """Return a boto3 client for `service`. Each service in use has an overload, which gives the client its type."""
        if config or service not in self._clients:
            # A client takes as long to make as a request to it, and can be used again.
            self._clients[service] = self.session.client(service, endpoint_url=self.endpoint, config=config)
        return self._clients[service]

    def search(self) -> OpenSearch:
        """Return a client for the stack's OpenSearch. On AWS it signs its requests."""
        from opensearchpy import OpenSearch, RequestsHttpConnection

        return OpenSearch(
            self.outputs["OpenSearchUrl"],
            http_auth=self._signer(),
            connection_class=RequestsHttpConnection,
            timeout=TIMEOUT_SECONDS,
        )

    def domain(self) -> Connection:
        """Return a connection to the stack's OpenSearch as the import has one."""
        from dashboards.importer.connection import Connection

        return Connection("OpenSearch", self.outputs["OpenSearchUrl"], self._signer(), {})

    def count(self, index: str) -> int:
        """Return how many documents the indices of a pattern hold."""
        return int(self._ask(index, "_count", {})["count"])

    def count_by(self, index: str, field_name: str) -> dict[str, int]:
        """Return how many documents of an index have each value of a field, the most frequent first."""
        body = {"size": 0, "aggs": {"values": {"terms": {"field": field_name}}}}
        found = self._ask(index, "_search", body).get("aggregations", {"values": {"buckets": []}})
        return {each["key"]: each["doc_count"] for each in found["values"]["buckets"]}

    def documents(self, index: str, body: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the documents that a search finds, in its order."""
        return [hit["_source"] for hit in self._ask(index, "_search", body)["hits"]["hits"]]

    def _ask(self, index: str, action: str, body: dict[str, Any]) -> dict[str, Any]:
        """Ask OpenSearch without a client, which takes longer to load than such a question takes."""
        url = f"{self.outputs['OpenSearchUrl']}/{index}/{action}?ignore_unavailable=true"
        answer = requests.post(url, json=body, auth=self._signer(), timeout=TIMEOUT_SECONDS)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def _signer(self) -> AWS4Auth | None:
        if self.is_local:
            return None
        from requests_aws4auth import AWS4Auth

        credentials = self.session.get_credentials()
        return AWS4Auth(region=self.session.region_name, service="es", refreshable_credentials=credentials)
