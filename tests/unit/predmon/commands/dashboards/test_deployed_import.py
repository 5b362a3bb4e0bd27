"""What `predmon import --repair` writes again: what the deployment wrote, its roles included."""

import pytest

from predmon.commands.dashboards.deployed_import import read_deployed_import
from predmon.errors import UserError
from tests.unit.predmon.commands.account import Account

STACK = "PredictionMonitoring-reviews"
IMPORT = {
    "Type": "Custom::DashboardsImport",
    "Properties": {
        "IndexTemplates": {"cwl": "{}"},
        "RetentionDays": 90,
        "RoleMappings": {
            "prediction_shipper": [{"Fn::GetAtt": ["ShipperRole", "Arn"]}],
            "prediction_viewer": ["arn:aws-cn:iam::123456789012:role/data-science"],
        },
    },
}


def account(**resources: object) -> Account:
    made = Account()
    made.answers |= {
        "cloudformation.GetTemplate": {"TemplateBody": {"Resources": resources}},
        "cloudformation.DescribeStacks": {
            "Stacks": [{"StackId": f"arn:aws-cn:cloudformation:cn-north-1:123456789012:stack/{STACK}/1"}]
        },
        "cloudformation.ListStackResources": {
            "StackResourceSummaries": [
                {
                    "LogicalResourceId": "ShipperRole",
                    "PhysicalResourceId": "shipper-1",
                    "ResourceType": "AWS::IAM::Role",
                }
            ]
        },
    }
    return made


def test_templates_retention_and_role_mappings_are_those_that_were_deployed() -> None:
    deployed = read_deployed_import(account(Import=IMPORT).session.client("cloudformation"), STACK)

    assert deployed.index_templates == {"cwl": "{}"}
    assert deployed.governance.retention_days == 90
    assert deployed.governance.role_mappings == {
        "prediction_shipper": ["arn:aws-cn:iam::123456789012:role/shipper-1"],
        "prediction_viewer": ["arn:aws-cn:iam::123456789012:role/data-science"],
    }


def test_a_stack_without_an_import_is_said() -> None:
    with pytest.raises(UserError, match="has no import to repair"):
        read_deployed_import(account().session.client("cloudformation"), STACK)
