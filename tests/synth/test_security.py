"""Security in the template of every profile: who reaches what, and what is encrypted."""

import json
from collections.abc import Callable

import pytest

from checks.profiles import PROFILES
from lambda_shipper.replay import SET_ASIDE_PREFIX
from stacks.settings.cost import PASSWORD_ENDPOINTS, REPORT_ENDPOINTS
from tests.synth.reading import Reading, as_list

Read = Callable[[str], Reading]
every_profile = pytest.mark.parametrize("profile", PROFILES)
KEY = PROFILES["company"]["kms_key_arn"]


def test_dev_opens_the_domain_to_the_named_addresses_only(reading: Read) -> None:
    (statement,) = domain(reading("dev"))["AccessPolicies"]["Statement"]

    assert statement["Condition"] == {"IpAddress": {"aws:SourceIp": ["203.0.113.7/32"]}}
    assert "VPCOptions" not in domain(reading("dev"))


def test_without_addresses_the_domain_takes_signed_requests_only(reading: Read) -> None:
    template = reading("local")
    (statement,) = domain(template)["AccessPolicies"]["Statement"]

    assert template.text(statement["Principal"]["AWS"]) == "arn:<AWS::Partition>:iam::<AWS::AccountId>:root"


@every_profile
def test_an_access_policy_is_always_written_since_leaving_it_out_may_keep_the_old_one(
    reading: Read, profile: str
) -> None:
    template = reading(profile)
    (statement,) = domain(template)["AccessPolicies"]["Statement"]

    assert template.text(statement["Resource"]).endswith(":domain/mlops-cluster/*")


@every_profile
def test_no_policy_of_the_domain_has_a_condition_whose_key_may_be_absent(reading: Read, profile: str) -> None:
    statements = domain(reading(profile))["AccessPolicies"]["Statement"]

    keys = {key for each in statements for block in each.get("Condition", {}).values() for key in block}

    assert keys <= {"aws:SourceIp"}  # the one that the service documents for requests to a domain


def test_an_endpoint_lets_only_this_account_through(reading: Read) -> None:
    endpoints = reading("vpc").of_type("EC2::VPCEndpoint").values()

    assert len(endpoints) == 1 + PASSWORD_ENDPOINTS + REPORT_ENDPOINTS
    for endpoint in endpoints:
        (statement,) = endpoint["PolicyDocument"]["Statement"]
        account = {"Ref": "AWS::AccountId"}
        assert statement["Condition"] == {
            "StringEquals": {"aws:PrincipalAccount": account, "aws:ResourceAccount": account}
        }
        assert "*" not in as_list(statement["Action"])


@pytest.mark.parametrize("profile", ["vpc", "company"])
def test_in_a_vpc_people_sign_in_with_a_password_and_the_domain_stays_off_the_internet(
    reading: Read, profile: str
) -> None:
    template = reading(profile)

    security = domain(template)["AdvancedSecurityOptions"]

    assert security["Enabled"]
    assert security["InternalUserDatabaseEnabled"]
    password = template.text(security["MasterUserOptions"]["MasterUserPassword"])
    assert password == "{{resolve:secretsmanager:<SearchMaster>:SecretString:password::}}"
    assert len(domain(template)["VPCOptions"]["SubnetIds"]) == 3
    assert template.of_type("SecretsManager::Secret")["SearchMaster"]["GenerateSecretString"]["PasswordLength"] == 40


def test_a_new_vpc_has_no_way_to_the_internet(reading: Read) -> None:
    template = reading("vpc")

    assert template.of_type("EC2::InternetGateway") == template.of_type("EC2::NatGateway") == {}
    assert template.of_type("EC2::Route") == {}
    assert all(not subnet["MapPublicIpOnLaunch"] for subnet in template.of_type("EC2::Subnet").values())


def test_the_cost_estimate_counts_the_endpoints_that_are_made(reading: Read) -> None:
    made = [each for each in reading("vpc").of_type("EC2::VPCEndpoint").values() if "SubnetIds" in each]

    assert len(made) == PASSWORD_ENDPOINTS + REPORT_ENDPOINTS
    assert {len(each["SubnetIds"]) for each in made} == {3}


@pytest.mark.parametrize("profile", ["vpc", "company"])
def test_the_domain_is_reached_by_functions_and_viewers_alone(reading: Read, profile: str) -> None:
    template = reading(profile)

    allowed = {
        (template.text(rule["SourceSecurityGroupId"]), rule["FromPort"], rule["ToPort"])
        for rule in template.of_type("EC2::SecurityGroupIngress").values()
        if template.text(rule["GroupId"]) == "<NetworkDomain.GroupId>"
    }
    written_inside = [each for group in template.of_type("EC2::SecurityGroup").values() for each in group]

    assert allowed == {("<NetworkFunctions.GroupId>", 443, 443), ("<NetworkViewers.GroupId>", 443, 443)}
    assert "SecurityGroupIngress" not in written_inside


@pytest.mark.parametrize("profile", ["vpc", "company"])
def test_every_function_that_talks_to_the_domain_is_in_the_vpc(reading: Read, profile: str) -> None:
    template = reading(profile)

    inside = {name for name, each in template.of_type("Lambda::Function").items() if "VpcConfig" in each}

    assert inside == {
        "DashboardsFunction",
        "DaysFunction",
        "DriftFunction",
        "QualityFunction",
        "ShipperFunction",
        "ShipperReplay",
    }


def test_the_importer_maps_the_functions_roles(reading: Read) -> None:
    template = reading("company")
    properties = template.resources["DashboardsImport"]["Properties"]

    mappings = {role: [template.text(each) for each in who] for role, who in properties["RoleMappings"].items()}

    assert mappings == {
        "prediction_shipper": ["<ShipperRole.Arn>", "<ShipperReplayServiceRole.Arn>"],
        "prediction_drift": ["<DriftFunctionServiceRole.Arn>"],
        "prediction_quality": ["<QualityFunctionServiceRole.Arn>"],
        "prediction_days": ["<DaysFunctionServiceRole.Arn>"],
        "prediction_viewer": [PROFILES["company"]["viewer_roles"]],
        "prediction_editor": [],
        "all_access": [],
    }
    assert properties["RetentionDays"] == 90


@pytest.mark.parametrize("profile", ["dev", "local"])
def test_without_sign_in_no_role_is_mapped(reading: Read, profile: str) -> None:
    assert "RoleMappings" not in reading(profile).resources["DashboardsImport"]["Properties"]


@every_profile
def test_the_domain_encrypts_and_speaks_modern_tls_only(reading: Read, profile: str) -> None:
    made = domain(reading(profile))

    assert made["EncryptionAtRestOptions"]["Enabled"]
    assert made["NodeToNodeEncryptionOptions"]["Enabled"]
    assert made["DomainEndpointOptions"]["EnforceHTTPS"]
    assert made["DomainEndpointOptions"]["TLSSecurityPolicy"] == "Policy-Min-TLS-1-2-PFS-2023-10"


@pytest.mark.parametrize("profile", ["dev", "production", "vpc", "company"])
def test_every_function_reaches_the_domain_by_https_and_proves_who_it_is(reading: Read, profile: str) -> None:
    template = reading(profile)

    for name, function in template.of_type("Lambda::Function").items():
        environment = function.get("Environment", {}).get("Variables", {})
        if "OPENSEARCH_URL" in environment:
            assert template.text(environment["OPENSEARCH_URL"]).startswith("https://"), name
            assert environment["OPENSEARCH_AUTH"] in ("sigv4", "basic"), name


@every_profile
def test_buckets_are_blocked_encrypted_and_reached_by_tls_only(reading: Read, profile: str) -> None:
    template = reading(profile)
    buckets = template.of_type("S3::Bucket")

    policies = {template.text(policy["Bucket"]): policy for policy in template.of_type("S3::BucketPolicy").values()}

    assert list(buckets) == ["ShipperFailures"]
    for name, bucket in buckets.items():
        assert all(bucket["PublicAccessBlockConfiguration"].values())
        (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        algorithm = rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"]
        assert algorithm == ("aws:kms" if profile == "company" else "AES256")
        denied = [each for each in policies[f"<{name}>"]["PolicyDocument"]["Statement"] if each["Effect"] == "Deny"]
        assert denied[0]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        assert as_list(denied[0]["Action"]) == ["s3:*"]


def test_a_customer_key_encrypts_domain_bucket_stream_secret_and_every_log_group(reading: Read) -> None:
    template = reading("company")

    keys = [
        template.text(domain(template)["EncryptionAtRestOptions"]["KmsKeyId"]),
        *(group.get("KmsKeyId") for group in template.of_type("Logs::LogGroup").values()),
        *(secret["KmsKeyId"] for secret in template.of_type("SecretsManager::Secret").values()),
        *(stream["StreamEncryption"]["KeyId"] for stream in template.of_type("Kinesis::Stream").values()),
        *(
            rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"]
            for bucket in template.of_type("S3::Bucket").values()
            for rule in bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        ),
    ]

    assert {key.rpartition("/")[2] for key in keys} == {KEY.rpartition("/")[2]}


def domain(template: Reading) -> dict:
    """Return the properties of the only domain."""
    (made,) = template.of_type("OpenSearchService::Domain").values()
    return made


def test_a_domain_with_roles_logs_errors_and_who_did_what_and_the_service_alone_may_write(reading: Read) -> None:
    template = reading("production")
    published = domain(template)["LogPublishingOptions"]

    groups = {template.text(each["CloudWatchLogsLogGroupArn"]) for each in published.values()}
    (policy,) = template.of_type("Logs::ResourcePolicy").values()
    (statement,) = json.loads(template.text(policy["PolicyDocument"]))["Statement"]
    assert set(published) == {"ES_APPLICATION_LOGS", "AUDIT_LOGS"}
    assert set(statement["Resource"]) == groups
    assert statement["Principal"] == {"Service": "es.amazonaws.com"}
    assert statement["Condition"]["ArnEquals"]["aws:SourceArn"].endswith(":domain/mlops-cluster")


def test_the_domains_logs_are_a_choice(reading: Read) -> None:
    assert not domain(reading("dev")).get("LogPublishingOptions")
    assert reading("dev").of_type("Logs::ResourcePolicy") == {}


@every_profile
def test_what_replay_set_aside_does_not_stay_for_ever(reading: Read, profile: str) -> None:
    (bucket,) = reading(profile).of_type("S3::Bucket").values()

    assert bucket["LifecycleConfiguration"]["Rules"] == [
        {"Prefix": SET_ASIDE_PREFIX, "ExpirationInDays": 90, "Status": "Enabled"}
    ]
