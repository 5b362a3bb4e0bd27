"""The OpenSearch domain."""

from collections.abc import Sequence

from aws_cdk import Aws, RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_opensearchservice as opensearch
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from stacks.constructs.domain_logs import publish_logs
from stacks.constructs.network import Network
from stacks.constructs.way_in import WayIn

MASTER_NAME = "predmon-master"
UNSAFE = "{}[]()'\"`\\*$&<>|;#%@:/! "
"""Characters that the password does not have, so that it can be pasted into any shell, URL or form."""


class SearchDomain(Construct):
    """An encrypted OpenSearch domain that takes only HTTPS: TLS 1.2 or later, with forward secrecy.

    `way_in` says who gets in beside the functions. With fine-grained access control, roles in the domain say what an
    identity may do, and `master_secret` holds name and password of the master user where that has one. A domain in a
    VPC needs `network`. To create a domain takes 15 to 25 minutes on AWS.
    """

    # Long: the choices of a domain, each named once in the signature and once where it goes.
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        engine_version: str,
        instance_type: str,
        data_nodes: int,
        zones: int,
        manager_nodes: int,
        manager_type: str,
        volume_gib: int,
        scheme: str,
        retain: bool,
        way_in: WayIn,
        network: Network | None,
        key: kms.IKey | None,
        log_retention: logs.RetentionDays | None,
    ) -> None:
        """The domain logs its errors, and who did what, if there is a `log_retention` for that.

        `key` encrypts the domain and the secret; without it AWS's own keys do."""
        super().__init__(scope, construct_id)
        self._key = key
        removal = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE if retain else RemovalPolicy.DESTROY
        self.master_secret = self._secret(removal, key) if way_in.has_password else None
        self.domain = opensearch.Domain(
            self,
            "Domain",
            domain_name=name,
            version=opensearch.EngineVersion.open_search(engine_version),
            # Without this, another version would mean another domain, whose name is taken.
            enable_version_upgrade=True,
            capacity=opensearch.CapacityConfig(
                data_node_instance_type=instance_type,
                data_nodes=data_nodes,
                master_nodes=manager_nodes or None,
                master_node_instance_type=manager_type if manager_nodes else None,
                # Standby needs three zones and does not exist for t3 nodes.
                multi_az_with_standby_enabled=False,
            ),
            zone_awareness=opensearch.ZoneAwarenessConfig(
                enabled=zones > 1, availability_zone_count=zones if zones > 1 else None
            ),
            ebs=opensearch.EbsOptions(volume_size=volume_gib, volume_type=ec2.EbsDeviceVolumeType.GP3),
            encryption_at_rest=opensearch.EncryptionAtRestOptions(enabled=True, kms_key=key),
            node_to_node_encryption=True,
            enforce_https=True,
            tls_security_policy=opensearch.TLSSecurityPolicy.TLS_1_2_PFS,
            fine_grained_access_control=self._advanced_security(way_in),
            cognito_dashboards_auth=way_in.cognito,
            vpc=network.vpc if network else None,
            vpc_subnets=[ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)] if network else None,
            security_groups=[network.domain] if network else None,
            removal_policy=removal,
        )
        cfn_domain = self.domain.node.default_child
        assert isinstance(cfn_domain, opensearch.CfnDomain)
        # Not `access_policies`: that adds a custom resource with a known race on its IAM policy (aws-cdk #37939).
        # By its name: a domain whose own policy asks for its ARN waits for itself.
        arn = Stack.of(self).format_arn(service="es", resource="domain", resource_name=name)
        cfn_domain.access_policies = way_in.policy(arn)
        if log_retention:
            # A domain without roles knows nobody whom it could audit.
            has_roles = bool(self.master_secret or way_in.master)
            publish_logs(self.domain, arn, log_retention, audit=has_roles)
        self.url = f"{scheme}://{self.domain.domain_endpoint}"

    def grant_requests(self, function: lambda_.IFunction, *requests: tuple[str, str]) -> None:
        """Let `function` send these requests: pairs of an action, such as `es:ESHttpPost`, and a path."""
        for action, path in requests:
            self._allow(function, [action], path)

    def grant_import(self, function: lambda_.IFunction) -> None:
        """Let `function` write templates, indices and Dashboards' objects, but delete nothing.

        Where people sign in, it signs in as the master user: it may read the secret, and use the secret's key.
        """
        if self.master_secret:
            self.master_secret.grant_read(function)
            if self._key:
                # `grant_read` grants nothing on a key that is not the stack's own.
                service = f"secretsmanager.{Aws.REGION}.{Aws.URL_SUFFIX}"
                function.add_to_role_policy(
                    iam.PolicyStatement(
                        actions=["kms:Decrypt"],
                        resources=[self._key.key_arn],
                        conditions={"StringEquals": {"kms:ViaService": service}},
                    )
                )
        else:
            # Dashboards' own paths have no common prefix that is narrower.
            self._allow(function, ["es:ESHttpGet", "es:ESHttpHead", "es:ESHttpPost", "es:ESHttpPut"], "/*")

    def _advanced_security(self, way_in: WayIn) -> opensearch.AdvancedSecurityOptions | None:
        if self.master_secret:
            return opensearch.AdvancedSecurityOptions(
                master_user_name=MASTER_NAME,
                master_user_password=self.master_secret.secret_value_from_json("password"),
            )
        if way_in.master:
            return opensearch.AdvancedSecurityOptions(
                master_user_arn=way_in.master.role_arn, saml_authentication_options=way_in.saml_options()
            )
        return None

    def _allow(self, function: lambda_.IFunction, actions: Sequence[str], path: str) -> None:
        resources = [f"{self.domain.domain_arn}{path}"]
        function.add_to_role_policy(iam.PolicyStatement(actions=list(actions), resources=resources))

    def _secret(self, removal: RemovalPolicy, key: kms.IKey | None) -> secretsmanager.Secret:
        return secretsmanager.Secret(
            self,
            "Master",
            description="The master user of the search domain",
            encryption_key=key,
            removal_policy=removal,
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template=f'{{"username": "{MASTER_NAME}"}}',
                generate_string_key="password",
                password_length=40,
                exclude_characters=UNSAFE,
                require_each_included_type=True,
            ),
        )
