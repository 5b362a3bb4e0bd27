"""Permissions in the template of every profile: what each role may do."""

from collections.abc import Callable

import pytest

from checks.profiles import PROFILES
from tests.synth.granted import DAYS_ACTIONS, FLOW_LOG, STREAM_READER
from tests.synth.reading import Reading

Read = Callable[[str], Reading]
every_profile = pytest.mark.parametrize("profile", PROFILES)

# Lambda makes a function's network interfaces in a VPC with these. It asks for them on every resource.
IN_VPC = {
    ("ec2:AssignPrivateIpAddresses", "*"),
    ("ec2:CreateNetworkInterface", "*"),
    ("ec2:DeleteNetworkInterface", "*"),
    ("ec2:DescribeNetworkInterfaces", "*"),
    ("ec2:DescribeSubnets", "*"),
    ("ec2:UnassignPrivateIpAddresses", "*"),
}
KEY = PROFILES["company"]["kms_key_arn"]
WITH_KEY = {("kms:Decrypt", KEY), ("kms:GenerateDataKey", KEY)}
BULK = ("es:ESHttpPost", "<SearchDomain.Arn>/_bulk")
WRITING = {
    BULK,
    ("es:ESHttpGet", "<SearchDomain.Arn>/cwl-*/_mapping"),
    ("es:ESHttpPut", "<SearchDomain.Arn>/cwl-*/_mapping"),
    ("es:ESHttpPut", "<SearchDomain.Arn>/cwl-????.??.??"),
}


def own_log(group: str) -> set[tuple[str, str]]:
    """Return what it takes to write to this log group, and to no other."""
    return {("logs:CreateLogStream", f"<{group}.Arn>"), ("logs:PutLogEvents", f"<{group}.Arn>")}


SHIPPER = (
    own_log("ShipperLogs")
    | WRITING
    | {
        ("s3:ListBucket", "<ShipperFailures.Arn>"),
        ("s3:PutObject", "<ShipperFailures.Arn>/*"),
    }
)
REPLAY = (
    own_log("ShipperReplayLogs")
    | WRITING
    | {
        ("s3:DeleteObject", "<ShipperFailures.Arn>/*"),
        ("s3:GetObject", "<ShipperFailures.Arn>/*"),
        ("s3:GetObjectTagging", "<ShipperFailures.Arn>/*"),
        ("s3:ListBucket", "<ShipperFailures.Arn>"),
        ("s3:PutObject", "<ShipperFailures.Arn>/*"),
        ("s3:PutObjectTagging", "<ShipperFailures.Arn>/*"),
    }
)
DRIFT = own_log("DriftLogs") | {
    BULK,
    ("cloudwatch:PutMetricData", "*"),  # This action has no resource. A condition limits it to the project's namespace.
    ("es:ESHttpGet", "<SearchDomain.Arn>/prediction-reference/_doc/*"),
    ("es:ESHttpPost", "<SearchDomain.Arn>/cwl-*/_field_caps"),
    ("es:ESHttpPost", "<SearchDomain.Arn>/raw-*/_search"),
    ("es:ESHttpPost", "<SearchDomain.Arn>/cwl-*/_search"),
    ("es:ESHttpPost", "<SearchDomain.Arn>/drift-*/_refresh"),
    ("es:ESHttpPost", "<SearchDomain.Arn>/drift-*/_search"),
    ("es:ESHttpPost", "<SearchDomain.Arn>/drift-*/_refresh"),
    ("es:ESHttpPost", "<SearchDomain.Arn>/prediction-reference/_refresh"),
    ("es:ESHttpPost", "<SearchDomain.Arn>/prediction-reference/_search"),
    ("es:ESHttpPut", "<SearchDomain.Arn>/prediction-reference/_create/*"),
    ("events:PutEvents", "arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:event-bus/default"),
}
QUALITY = own_log("QualityLogs") | {
    BULK,
    ("cloudwatch:PutMetricData", "*"),  # This action has no resource. A condition limits it to the project's namespace.
    ("es:ESHttpGet", "<SearchDomain.Arn>/prediction-quality-reference/_doc/*"),
    ("es:ESHttpPost", "<SearchDomain.Arn>/cwl-*/_search"),
    ("es:ESHttpPost", "<SearchDomain.Arn>/prediction-actuals/_delete_by_query"),
    ("es:ESHttpPost", "<SearchDomain.Arn>/prediction-actuals/_mget"),
    ("es:ESHttpPost", "<SearchDomain.Arn>/prediction-actuals/_refresh"),
    ("es:ESHttpPost", "<SearchDomain.Arn>/prediction-actuals/_search"),
    ("es:ESHttpPost", "<SearchDomain.Arn>/prediction-quality-reference/_refresh"),
    ("es:ESHttpPost", "<SearchDomain.Arn>/prediction-quality-reference/_search"),
    ("es:ESHttpPost", "<SearchDomain.Arn>/quality-*/_refresh"),
    ("es:ESHttpPost", "<SearchDomain.Arn>/quality-*/_search"),
    ("es:ESHttpPost", "<SearchDomain.Arn>/quality-*/_refresh"),
    ("es:ESHttpPost", "<SearchDomain.Arn>/drift-*/_search"),
    ("es:ESHttpPut", "<SearchDomain.Arn>/prediction-quality-reference/_create/*"),
    ("es:ESHttpPut", "<SearchDomain.Arn>/quality-*/_doc/*"),
    ("events:PutEvents", "arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:event-bus/default"),
}
DAYS = own_log("DaysLogs") | DAYS_ACTIONS
IMPORTER = own_log("DashboardsLogs") | {
    (f"es:ESHttp{method}", "<SearchDomain.Arn>/*") for method in ("Get", "Head", "Post", "Put")
}  # never Delete
IMPORTER_THAT_SIGNS_IN = own_log("DashboardsLogs") | {
    ("secretsmanager:DescribeSecret", "<SearchMaster>"),
    ("secretsmanager:GetSecretValue", "<SearchMaster>"),
}
PROVIDER = own_log("DashboardsProviderLogs") | {
    ("lambda:GetFunction", "<DashboardsFunction.Arn>"),
    ("lambda:InvokeFunction", "<DashboardsFunction.Arn>"),
    ("lambda:InvokeFunction", "<DashboardsFunction.Arn>:*"),
}
IDENTITIES = "arn:<AWS::Partition>:cognito-identity:<AWS::Region>:<AWS::AccountId>:identitypool/<SignInIdentities>"
GROUPS = own_log("GroupsLogs") | {
    ("cognito-idp:ListUserPoolClients", "<SignInPeople.Arn>"),
    ("cognito-identity:GetIdentityPoolRoles", IDENTITIES),
    ("cognito-identity:SetIdentityPoolRoles", "*"),  # This action has no resource.
    ("iam:PassRole", "<SignInEveryone.Arn>"),
}
STREAM_WRITER = {("kinesis:PutRecord", "<Stream.Arn>")}
GROUPS_HERE = "arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:"
ANY_GROUP = ("DeleteSubscriptionFilter", "DescribeLogGroups", "DescribeSubscriptionFilters")
DRAIN = own_log("StreamDrainLogs") | {("s3:DeleteObject", "<ShipperFailures.Arn>/drained/*")}
DRAIN |= {(f"kinesis:{each}", "<Stream.Arn>") for each in ("ListShards", "PutRecords")}
DRAIN |= {("s3:ListBucket", "<ShipperFailures.Arn>"), ("cloudformation:DescribeStacks", "<AWS::StackId>")}
SUBSCRIBER = own_log("SubscriberLogs") | {(f"logs:{action}", f"{GROUPS_HERE}*") for action in ANY_GROUP}
SUBSCRIBER |= {("iam:PassRole", "<StreamWriter.Arn>"), ("logs:PutSubscriptionFilter", f"{GROUPS_HERE}/aws/lambda/ml-*")}
LOCAL = {
    "DashboardsFunctionServiceRole": IMPORTER,
    "DashboardsProviderframeworkonEventServiceRole": PROVIDER,
    "DaysFunctionServiceRole": DAYS,
    "DriftFunctionServiceRole": DRIFT,
    "InferenceFunctionServiceRole": own_log("InferenceLogs"),
    "QualityFunctionServiceRole": QUALITY,
    "ShipperReplayServiceRole": REPLAY,
    "ShipperRole": SHIPPER,
}
VPC = LOCAL | {
    "DashboardsFunctionServiceRole": IMPORTER_THAT_SIGNS_IN | IN_VPC,
    "DaysFunctionServiceRole": DAYS | IN_VPC,
    "DriftFunctionServiceRole": DRIFT | IN_VPC,
    "QualityFunctionServiceRole": QUALITY | IN_VPC,
    "ShipperReplayServiceRole": REPLAY | IN_VPC,
    "ShipperRole": SHIPPER | IN_VPC,
}
PRODUCTION = {name: actions for name, actions in LOCAL.items() if name != "DashboardsFunctionServiceRole"} | {
    "Importer": IMPORTER,
    "GroupsFunctionServiceRole": GROUPS,
    "GroupsProviderframeworkonEventServiceRole": {
        (action, resource.replace("Dashboards", "Groups")) for action, resource in PROVIDER
    },
    # What a person may do there the domain's own policy says, and nowhere else anything.
    "SignInEveryone": set(),
    "SignInViewers": set(),
    "SignInEditors": set(),
    "SignInService": {("managed", "AmazonOpenSearchServiceCognitoAccess")},
}
ACTIONS = {
    "local": LOCAL,
    # The CDK's own function empties the failure bucket before it is deleted. The bucket's policy allows it.
    "dev": LOCAL | {"CustomS3AutoDeleteObjectsCustomResourceProviderRole": own_log("ShipperEmptyingLogs")},
    "production": PRODUCTION,
    "vpc": VPC | {"NetworkVpcFlowLogIAMRole": FLOW_LOG},
    "company": VPC
    | {
        "DashboardsFunctionServiceRole": IMPORTER_THAT_SIGNS_IN | IN_VPC | {("kms:Decrypt", KEY)},
        "ShipperReplayServiceRole": REPLAY | IN_VPC | WITH_KEY,
        "ShipperRole": SHIPPER | IN_VPC | WITH_KEY | STREAM_READER,
        "StreamWriter": STREAM_WRITER | {("kms:GenerateDataKey", KEY)},
        "StreamDrainFunctionServiceRole": DRAIN | {("kms:GenerateDataKey", KEY)},
        "SubscriberFunctionServiceRole": SUBSCRIBER,
    },
}
"""Profile → role → everything it may do, as (action, resource)."""


@every_profile
def test_each_role_may_do_exactly_what_is_listed(reading: Read, profile: str) -> None:
    template = reading(profile)

    roles = {role: template.actions(role) for role in template.of_type("IAM::Role")}

    assert roles == ACTIONS[profile]


def test_the_importer_uses_the_customers_key_only_for_secrets(reading: Read) -> None:
    conditions = [
        each.get("Condition")
        for where, each in reading("company").statements()
        if where.startswith("DashboardsFunction") and each["Action"] == "kms:Decrypt"
    ]

    service = {"Fn::Join": ["", ["secretsmanager.", {"Ref": "AWS::Region"}, ".", {"Ref": "AWS::URLSuffix"}]]}
    assert conditions == [{"StringEquals": {"kms:ViaService": service}}]


@every_profile
def test_every_policy_belongs_to_a_listed_role(reading: Read, profile: str) -> None:
    template = reading(profile)

    holders = {
        template.text(role).strip("<>")
        for policy in template.of_type("IAM::Policy").values()
        for role in policy["Roles"]
    }

    assert holders <= set(ACTIONS[profile])
    assert template.of_type("IAM::User") == template.of_type("IAM::ManagedPolicy") == {}


@every_profile
def test_every_role_is_taken_on_by_an_aws_service_or_by_who_signed_in(reading: Read, profile: str) -> None:
    for role in reading(profile).of_type("IAM::Role").values():
        for statement in role["AssumeRolePolicyDocument"]["Statement"]:
            people = {"Federated": "cognito-identity.amazonaws.com"}
            assert statement["Principal"] == people or list(statement["Principal"]) == ["Service"]


def test_the_shippers_role_has_the_tutorials_name_in_dev_only(reading: Read) -> None:
    names = {profile: reading(profile).of_type("IAM::Role")["ShipperRole"].get("RoleName") for profile in PROFILES}

    assert names == {"dev": "mlops-cluster-role", "production": None, "vpc": None, "company": None, "local": None}


@every_profile
def test_nothing_is_allowed_to_everyone_without_a_condition(reading: Read, profile: str) -> None:
    open_to_all = [
        (where, statement)
        for where, statement in reading(profile).statements()
        if statement["Effect"] == "Allow" and statement.get("Principal") in ("*", {"AWS": "*"}, {"AWS": ["*"]})
    ]

    # In a VPC the network says who comes to the sign-in, and the sign-in who comes further.
    signed_in = {"SearchDomain"} if reading(profile).of_type("EC2::SecurityGroup") else set()
    assert {where for where, statement in open_to_all if not statement.get("Condition")} <= signed_in
    endpoints = set(reading(profile).of_type("EC2::VPCEndpoint"))
    assert {where for where, _ in open_to_all} <= {"SearchDomain"} | endpoints


@every_profile
def test_a_permission_to_invoke_is_given_to_a_service_for_one_source(reading: Read, profile: str) -> None:
    public = []
    for name, permission in reading(profile).of_type("Lambda::Permission").items():
        if permission["Principal"] == "*":
            public.append(name)
        else:
            assert permission["Principal"].endswith(".amazonaws.com")
            assert "SourceArn" in permission or "SourceAccount" in permission

    # The function URL of the local cloud, because its emulator checks no signatures.
    assert all(profile == "local" and "invokefunction" in name.lower() for name in public)


@pytest.mark.parametrize("profile", ["dev", "production", "vpc", "company"])
def test_only_signed_requests_may_call_the_model(reading: Read, profile: str) -> None:
    assert [url["AuthType"] for url in reading(profile).of_type("Lambda::Url").values()] == ["AWS_IAM"]
