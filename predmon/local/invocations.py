"""The AWS emulator with what subscription filters need of Lambda: `python -m predmon.local.invocations` starts it.

ministack calls a subscribed function once and forgets what fails. Lambda invokes it asynchronously: two more tries,
then the batch goes to the function's failure destination, here an S3 bucket. ministack invokes so for its other event
sources; this hands the subscription's batches to that, and gives it the destination that it lacks.
"""

import threading
from typing import Any

import boto3
from ministack.app import main
from ministack.services import lambda_svc

from predmon.local.emulator import ACCOUNT, REGION
from predmon.local.failures import failure_record

BUCKET_ARN = "arn:aws:s3:::"
SHIPPING = threading.Semaphore(8)
"""Fewer would make a short outage long, in which each batch takes the shipper's whole time, three times over."""
# The pinned emulator's own functions: a version that has lost them fails here, before it loses a batch.
execute = lambda_svc._execute_function_with_config_scope
execute_once = lambda_svc._execute_function
route_failure = lambda_svc._route_async_failure


def invoke(function: dict[str, Any], event: dict[str, Any]) -> Any:
    """Invoke as ministack does, but what a subscription delivers as Lambda does.

    A subscription's delivery is a thread of its own that begins here, and such a thread is called after its target.
    """
    if "awslogs" in event and threading.current_thread().name.endswith(f"({invoke.__name__})"):
        return lambda_svc.invoke_async_with_retry(function, event)
    return execute(function, event)


def take_turns(function: dict[str, Any], event: Any, *arguments: Any, **options: Any) -> Any:
    """Execute as ministack does, but only a few batches of log events at once: the others wait, as in Lambda's queue.

    It makes a batch of every line, and a process for every batch that finds the others busy.
    """
    if not (isinstance(event, dict) and "awslogs" in event):
        return execute_once(function, event, *arguments, **options)
    with SHIPPING:
        return execute_once(function, event, *arguments, **options)


def keep_failure(destination: str, name: str, event: dict[str, Any], result: dict[str, Any]) -> None:
    """Write what failed for good to its bucket, or where else ministack knows to send it."""
    if not destination.startswith(BUCKET_ARN):
        return route_failure(destination, name, event, result)
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"
    key, body = failure_record(arn, event, result.get("body"), invocations=3)
    # The process was started with an environment that points any client at itself.
    s3 = boto3.client("s3")
    s3.put_object(Bucket=destination.removeprefix(BUCKET_ARN), Key=key, Body=body)
    return None


if __name__ == "__main__":
    lambda_svc._execute_function_with_config_scope = invoke
    lambda_svc._execute_function = take_turns
    lambda_svc._route_async_failure = keep_failure
    main()
