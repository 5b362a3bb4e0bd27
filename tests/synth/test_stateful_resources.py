"""Resources with state keep their logical ids and names. Otherwise CloudFormation would replace and delete them.

The approved snapshots leave out the hashes of logical ids, so they would not show a replaced domain. This test reads
the raw templates. `UPDATE_SNAPSHOTS=1` writes the list again: add to it, but do not change what is there.
"""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from aws_cdk.assertions import Template

from checks.profiles import PROFILES
from stacks import STACK

APPROVED = Path(__file__).parent / "snapshots" / "stateful.json"
NAMES = {
    "AWS::OpenSearchService::Domain": "DomainName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::SecretsManager::Secret": "Name",
    "AWS::Kinesis::Stream": "Name",
    "AWS::Cognito::UserPool": "UserPoolName",
    "AWS::Cognito::IdentityPool": "IdentityPoolName",
    "AWS::EC2::VPC": "VpcName",
    "AWS::EC2::Subnet": "SubnetName",
    "AWS::EC2::SecurityGroup": "GroupName",
}
"""Type of a resource that holds state, or that such a resource stands on → the property with its physical name."""


def stateful(template: Mapping[str, Mapping[str, Mapping[str, Mapping[str, str]]]]) -> dict[str, str]:
    """Return the type and physical name of each resource with state, by logical id."""
    return {
        name: f"{each['Type']} {each.get('Properties', {}).get(NAMES[str(each['Type'])], '(generated name)')}"
        for name, each in template["Resources"].items()
        if each["Type"] in NAMES
    }


@pytest.mark.parametrize("profile", PROFILES)
def test_resources_with_state_keep_their_logical_ids_and_names(
    templates: Callable[[str], Mapping[str, Template]], profile: str
) -> None:
    found = stateful(templates(profile)[STACK].to_json())
    approved = json.loads(APPROVED.read_text()) if APPROVED.exists() else {}
    if os.environ.get("UPDATE_SNAPSHOTS"):
        APPROVED.write_text(json.dumps(approved | {profile: found}, indent=1, sort_keys=True) + "\n")
        return

    assert found == approved[profile]
