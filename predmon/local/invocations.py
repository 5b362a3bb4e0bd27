"""The AWS emulator with the retries of subscription filters: `python -m predmon.local.invocations` starts it.

ministack calls a subscribed function once and drops the batch if the call fails. Lambda retries it twice, and then
sends the batch to the function's failure destination, here an S3 bucket. ministack retries like that for other event
sources. This module makes it do so for subscriptions, and adds S3 buckets as destinations.
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
"""How many batches the shipper handles at once. During an outage each batch takes the shipper's whole timeout three
times, so with fewer a short outage would last long."""
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


if __name__ == "__main__":
    lambda_svc._execute_function_with_config_scope = invoke
    lambda_svc._execute_function = take_turns
    lambda_svc._route_async_failure = keep_failure
    main()
