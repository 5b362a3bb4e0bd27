"""The OpenSearch domain."""

from collections.abc import Sequence
from typing import Any

from aws_cdk import RemovalPolicy
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_opensearchservice as opensearch
from constructs import Construct


class SearchDomain(Construct):
    """An encrypted OpenSearch domain that speaks HTTPS (TLS 1.2 and later) only.

    `allowed_cidrs` opens it, unsigned, to browsers from these addresses; without them only signed requests of
    identities that were granted something get in. Takes 15 to 25 minutes to create on AWS.
    """

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
        allowed_cidrs: Sequence[str],
        scheme: str,
        retain: bool,
    ) -> None:
        super().__init__(scope, construct_id)
        self.domain = opensearch.Domain(
            self,
            "Domain",
            domain_name=name,
            version=opensearch.EngineVersion.open_search(engine_version),
            capacity=opensearch.CapacityConfig(
                data_node_instance_type=instance_type,
                data_nodes=data_nodes,
                master_nodes=manager_nodes or None,
                master_node_instance_type=manager_type if manager_nodes else None,
                # Standby needs three zones and is not to be had on t3 nodes.
                multi_az_with_standby_enabled=False,
            ),
            zone_awareness=opensearch.ZoneAwarenessConfig(
                enabled=zones > 1, availability_zone_count=zones if zones > 1 else None
            ),
            ebs=opensearch.EbsOptions(volume_size=volume_gib, volume_type=ec2.EbsDeviceVolumeType.GP3),
            encryption_at_rest=opensearch.EncryptionAtRestOptions(enabled=True),
            node_to_node_encryption=True,
            enforce_https=True,
            tls_security_policy=opensearch.TLSSecurityPolicy.TLS_1_2,
            removal_policy=RemovalPolicy.RETAIN if retain else RemovalPolicy.DESTROY,
        )
        if allowed_cidrs:
            cfn_domain = self.domain.node.default_child
            assert isinstance(cfn_domain, opensearch.CfnDomain)
            # Not `access_policies`: that adds a custom resource with a known race on its IAM policy (aws-cdk #37939).
            cfn_domain.access_policies = self._open_to(allowed_cidrs)
        self.arn = self.domain.domain_arn
        self.url = f"{scheme}://{self.domain.domain_endpoint}"

    def _open_to(self, cidrs: Sequence[str]) -> dict[str, Any]:
        return {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    # Everyone, but only from these addresses: a browser cannot sign its requests.
                    "Principal": {"AWS": "*"},
                    "Action": "es:ESHttp*",
                    "Resource": f"{self.domain.domain_arn}/*",
                    "Condition": {"IpAddress": {"aws:SourceIp": list(cidrs)}},
                }
            ],
        }
