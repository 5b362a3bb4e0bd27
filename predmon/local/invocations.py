"""The AWS emulator, closed to web pages and with the retries of subscription filters.

`python -m predmon.local.invocations` starts it.

ministack calls a subscribed function once and drops the batch if the call fails. Lambda retries it twice, and then
sends the batch to the function's failure destination, here an S3 bucket. ministack retries like that for other event
sources. This module makes it do so for subscriptions, and adds S3 buckets as destinations.

ministack answers everybody, and lets every web page read its answers. This module refuses the pages of other sites, and
programs that do not know the local cloud's secret. AWS's protocol has a place for it: the session token.
"""

import hmac
import os
import threading
from typing import Any

import boto3
from ministack import app as emulator
from ministack.services import lambda_svc, sts
from starlette.datastructures import Headers, QueryParams
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboards.preview.own_pages import OwnPages
from predmon.local.emulator import ACCOUNT, FUNCTION_URLS, HEALTH, REGION
from predmon.local.failures import failure_record

BUCKET_ARN = "arn:aws:s3:::"
WITHOUT_SECRET = (HEALTH, "/_ministack/cfn-response/", FUNCTION_URLS)
"""Paths that callers ask without AWS credentials: the health, a custom resource's answer (its path has a secret of its
own), and functions' URLs."""
SHIPPING = threading.Semaphore(8)
"""How many batches the shipper handles at once. During an outage each batch takes the shipper's whole timeout three
times, so with fewer a short outage would last long."""
STRANGER = "This is a local cloud, and the request does not have its secret. Set the variables first: source .local/env"
# Private functions of the pinned emulator. A version without them fails here, at the start.
execute = lambda_svc._execute_function_with_config_scope
execute_once = lambda_svc._execute_function
route_failure = lambda_svc._route_async_failure


def invoke(function: dict[str, Any], event: dict[str, Any]) -> Any:
    """Invoke as ministack does, but invoke a subscription's batch as Lambda does, with retries.

    ministack delivers a subscription's batch in a new thread with this function as its target. Python puts the
    target's name into the thread's name.
    """
    if "awslogs" in event and threading.current_thread().name.endswith(f"({invoke.__name__})"):
        return lambda_svc.invoke_async_with_retry(function, event)
    return execute(function, event)


def take_turns(function: dict[str, Any], event: Any, *arguments: Any, **options: Any) -> Any:
    """Execute as ministack does, but only a few batches of log events at once. The others wait, as in Lambda's queue.

    ministack makes a batch of every line, and starts a new process for a batch when all others are busy.
    """
    if not (isinstance(event, dict) and "awslogs" in event):
        return execute_once(function, event, *arguments, **options)
    with SHIPPING:
        return execute_once(function, event, *arguments, **options)


def keep_failure(destination: str, name: str, event: dict[str, Any], result: dict[str, Any]) -> None:
    """Write an event whose attempts have all failed to its bucket. Let ministack handle other destinations."""
    if not destination.startswith(BUCKET_ARN):
        route_failure(destination, name, event, result)
        return
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"
    key, body = failure_record(arn, event, result.get("body"), invocations=3)
    # This process's environment makes any client use this emulator.
    s3 = boto3.client("s3")
    s3.put_object(Bucket=destination.removeprefix(BUCKET_ARN), Key=key, Body=body)


class Secret:
    """Pass on only requests that carry the local cloud's session token, as every client with `.local/env` does."""

    def __init__(self, app: ASGIApp, secret: str) -> None:
        self.app = app
        self.secret = secret

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it as AWS refuses a wrong token."""
        if scope["type"] == "http" and not scope["path"].startswith(WITHOUT_SECRET):
            query = QueryParams(scope["query_string"])  # a presigned request has it there
            given = Headers(scope=scope).get("x-amz-security-token") or query.get("X-Amz-Security-Token") or ""
            if not hmac.compare_digest(given.encode(), self.secret.encode()):
                answer = {"__type": "UnrecognizedClientException", "message": STRANGER}
                await JSONResponse(answer, status_code=403)(scope, receive, send)
                return
        await self.app(scope, receive, send)


if __name__ == "__main__":
    secret = os.environ["AWS_SESSION_TOKEN"]
    # Who takes on a role, as the CDK does, knew the secret, and goes on with it.
    assert sts._gen_session_token
    sts._gen_session_token = lambda: secret
    emulator.app = OwnPages(Secret(emulator.app, secret))
    lambda_svc._execute_function_with_config_scope = invoke
    lambda_svc._execute_function = take_turns
    lambda_svc._route_async_failure = keep_failure
    emulator.main()
