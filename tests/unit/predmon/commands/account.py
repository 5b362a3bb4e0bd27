"""An AWS account that answers as a test says. Each request comes from the real client and is held to its model."""

from types import SimpleNamespace
from typing import Any

import boto3

from checks.requests import problems


class Account:
    """`answers` holds what an operation, such as `ec2.DescribeVpcs`, answers, or the code of its error.

    An operation without an answer is denied. `calls` are those that came, with their parameters.
    """

    def __init__(self, region: str = "eu-central-1") -> None:
        self.answers: dict[str, Any] = {}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.session = boto3.Session("a", "b", region_name=region)
        self.session.events.register("provide-client-params", self._note)
        self.session.events.register("before-call", self._answer)

    def _note(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        name = f"{model.service_model.service_name}.{model.name}"
        if model.input_shape:
            assert list(problems(model.input_shape, params, name)) == []
        self.calls.append((name, dict(params)))

    def _answer(self, model: Any, **_: Any) -> tuple[Any, Any]:
        answer = self.answers.get(f"{model.service_model.service_name}.{model.name}", "AccessDeniedException")
        if callable(answer):
            answer = answer(self.calls[-1][1])
        if isinstance(answer, str):
            code, _, message = answer.partition(": ")
            answer = {"Error": {"Code": code, "Message": message}}
        failed = "Error" in answer
        metadata = {"ResponseMetadata": {"HTTPStatusCode": 400 if failed else 200}}
        return SimpleNamespace(status_code=400 if failed else 200), {**answer, **metadata}

    def actions(self) -> set[str]:
        """What IAM calls the operations that came."""
        services = {"opensearch": "es", "ses": "email"}
        pairs = (name.split(".") for name, _ in self.calls)
        return {f"{services.get(service, service)}:{operation}" for service, operation in pairs}


def give_zones(
    account: Account, *names: str, offered: dict[str, list[str]] | None = None, ids: dict[str, str] | None = None
) -> None:
    """Give the region these zones, and each instance type in `offered` only in some of them."""
    account.answers["ec2.DescribeAvailabilityZones"] = {
        "AvailabilityZones": [
            {"ZoneName": name, "ZoneId": (ids or {}).get(name, f"id-{name}"), "State": "available"} for name in names
        ]
    }

    def details(params: dict[str, Any]) -> dict[str, Any]:
        kind = params["InstanceType"]
        return {
            "InstanceTypeDetails": [{"InstanceType": kind, "AvailabilityZones": (offered or {}).get(kind, list(names))}]
        }

    account.answers["opensearch.ListInstanceTypeDetails"] = details
