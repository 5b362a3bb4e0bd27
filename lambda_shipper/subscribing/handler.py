"""Attaches the log groups that the rules mean: list ▶ match ▶ put what lacks ▶ report.

It runs on a schedule, so a new function is collected within minutes and without a deployment. As a custom resource of
the stack it also runs when the rules change, and then removes its filter from what they no longer mean; when the stack
is deleted, from everything.
"""

from __future__ import annotations

import json
from typing import Any

import boto3
from botocore.config import Config as ClientConfig

from lambda_shipper.answering import answering
from lambda_shipper.subscribing.config import Config
from lambda_shipper.subscribing.groups import Found, attach, detach

PATIENT = ClientConfig(retries={"mode": "adaptive", "max_attempts": 10})
"""CloudWatch Logs answers a few of these requests a second and throttles the others."""


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Do what the schedule or CloudFormation asks for, and return what was found."""
    if "RequestType" not in event:
        return _report(_run("", Config.from_env()))
    with answering(event):
        found = _run(event["RequestType"], Config.from_env())
    return _report(found)


def _run(request: str, config: Config) -> Found:
    logs = boto3.client("logs", config=PATIENT)
    if request == "Delete":
        return Found(removed=detach(logs, config, everything=True))
    found = attach(logs, config)
    if request == "Update":
        found.removed = detach(logs, config, everything=False)
    return found


def _report(found: Found) -> dict[str, Any]:
    report = found.report()
    print(json.dumps(report), flush=True)
    return report
