"""Check the policies of roles with parliament, against AWS's list of actions, resources and conditions.

It finds actions that do not exist, actions whose resource is of another kind (AWS then refuses the request), and `*`
where a resource could be named. It knows no resources of requests to a search domain; cdk-nag finds `*` there.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import parliament

from checks.violations import Violation

ARNS = {
    "AWS::Cognito::UserPool": "arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_a",
    "AWS::IAM::Role": "arn:aws:iam::123456789012:role/name",
    "AWS::Kinesis::Stream": "arn:aws:kinesis:eu-central-1:123456789012:stream/name",
    "AWS::Lambda::Function": "arn:aws:lambda:eu-central-1:123456789012:function:name",
    "AWS::Logs::LogGroup": "arn:aws:logs:eu-central-1:123456789012:log-group:name:*",
    "AWS::OpenSearchService::Domain": "arn:aws:es:eu-central-1:123456789012:domain/name",
    "AWS::S3::Bucket": "arn:aws:s3:::name",
    "AWS::SecretsManager::Secret": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:name-abcdef",
}
"""An ARN of each kind of resource that a policy refers to."""
PSEUDO = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::Region": "eu-central-1",
    "AWS::StackId": "arn:aws:cloudformation:eu-central-1:123456789012:stack/name/id",
    "AWS::URLSuffix": "amazonaws.com",
}


def check_policies(profile: str, stack: str, template: Mapping[str, Any]) -> Iterator[Violation]:
    """Yield what parliament finds in the template of `stack`. Raises KeyError for a kind of resource without an ARN."""
    resources = template["Resources"]
    for name, each in resources.items():
        properties = each.get("Properties", {})
        policies = {"AWS::IAM::Policy": [properties], "AWS::IAM::Role": properties.get("Policies", [])}
        documents = [policy["PolicyDocument"] for policy in policies.get(each["Type"], ())]
        for document in documents:
            found = parliament.analyze_policy_string(json.dumps(resolve(document, resources)))
            for finding in found.findings:
                yield Violation(profile, f"parliament-{finding.issue}", f"{stack}/{name}", json.dumps(finding.detail))


def resolve(value: Any, resources: Mapping[str, Any]) -> Any:
    """Return a part of a template with a plausible value in place of each reference."""
    if isinstance(value, list):
        return [resolve(each, resources) for each in value]
    if not isinstance(value, dict):
        return value
    match value:
        case {"Ref": name}:
            is_arn = resources.get(name, {}).get("Type") == "AWS::SecretsManager::Secret"
            return PSEUDO.get(name) or (ARNS["AWS::SecretsManager::Secret"] if is_arn else "name")
        case {"Fn::GetAtt": [name, "Arn"]}:
            return ARNS[resources[name]["Type"]]
        case {"Fn::Join": [separator, parts]}:
            return separator.join(resolve(parts, resources))
    return {name: resolve(each, resources) for name, each in value.items()}
