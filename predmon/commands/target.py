"""What a command works on: the local cloud while it runs, else the stack in the AWS account of the environment."""

import json
import os
from dataclasses import dataclass
from typing import Any

import boto3
import botocore.exceptions
from opensearchpy import OpenSearch, RequestsHttpConnection
from requests_aws4auth import AWS4Auth

from predmon.errors import LocalError
from predmon.local import cloud
from predmon.paths import OUTPUTS
from stacks import STACK

VARIABLE = "PREDMON_TARGET"


@dataclass(frozen=True)
class Target:
    """A deployed stack: its outputs and clients for it."""

    outputs: dict[str, str]
    session: boto3.Session
    endpoint: str | None

    @property
    def is_local(self) -> bool:
        """Whether this is the local cloud."""
        return self.endpoint is not None

    @classmethod
    def resolve(cls) -> "Target":
        """Find the stack; `PREDMON_TARGET=aws|local` decides where there is a choice.

        Raises LocalError where there is neither a local cloud nor a reachable stack, or only a part of a local cloud:
        the account is not what was meant then.
        """
        wanted = os.environ.get(VARIABLE)
        if wanted not in (None, "", "aws", "local"):
            raise LocalError(f"{VARIABLE}={wanted} is neither aws nor local. Set one of these, or unset it.")
        env = cloud.read_env()
        if env and wanted != "aws":
            session = boto3.Session(
                aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
                aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
                region_name=env["AWS_REGION"],
            )
            return cls(json.loads(OUTPUTS.read_text())[STACK], session, env["AWS_ENDPOINT_URL"])
        if wanted != "aws" and (trouble := cloud.trouble()):
            raise LocalError(trouble)
        if wanted == "local":
            raise LocalError("The local cloud does not run. Start it: predmon up")
        try:
            return cls.on_aws()
        except LocalError as error:
            here = "" if wanted == "aws" else "No local cloud runs here; start it: predmon up. "
            raise LocalError(f"{here}{error}") from error

    @classmethod
    def on_aws(cls) -> "Target":
        """The stack in the account of the environment. Raises LocalError if it is not there."""
        session = boto3.Session()
        try:
            stacks = session.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
        except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as error:
            raise LocalError(
                f"Stack {STACK} cannot be read on AWS ({error}). Sign in to AWS, or deploy it: predmon deploy"
            ) from error
        outputs = {each["OutputKey"]: each["OutputValue"] for each in stacks[0].get("Outputs", [])}
        return cls(outputs, session, None)

    def client(self, service: str, **options: Any) -> Any:
        """A boto3 client for `service`."""
        return self.session.client(service, endpoint_url=self.endpoint, **options)

    def search(self) -> OpenSearch:
        """A client for the stack's OpenSearch, signing its requests on AWS."""
        auth = None
        if not self.is_local:
            auth = AWS4Auth(
                region=self.session.region_name,
                service="es",
                refreshable_credentials=self.session.get_credentials(),
            )
        return OpenSearch(
            self.outputs["OpenSearchUrl"], http_auth=auth, connection_class=RequestsHttpConnection, timeout=60
        )
