"""The VPC of a domain that the internet does not reach."""

from collections.abc import Sequence

from aws_cdk import Aws, RemovalPolicies, RemovalPolicy
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

SUBNET_MASK = 24
"""250 addresses a subnet: a domain takes three for each of its nodes there while it changes."""
HTTPS = ec2.Port.tcp(443)
IMPORTER_CALLS = (ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER,)
REPORT_CALLS = (
    ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_MONITORING,
    ec2.InterfaceVpcEndpointAwsService.EVENTBRIDGE,
)

ENDPOINT_ACTIONS = {
    "secretsmanager": ("secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"),
    "monitoring": ("cloudwatch:PutMetricData",),
    "events": ("events:PutEvents",),
}
"""What passes the endpoint of each service; without a policy an endpoint lets every account's identities through."""
KEEP = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE


class Network(Construct):
    """A VPC without a route to the internet, or an existing one, and the security groups of those who reach the domain.

    The group `domain` lets in only the groups `functions` and `viewers`. Attach `viewers` to whatever people come
    through, such as a VPN endpoint or a bastion. In a new VPC, functions reach AWS services through endpoints, at about
    7 USD a month for each service and zone. An existing VPC must have its own routes to S3, Secrets Manager, CloudWatch
    and EventBridge. With `retain`, everything that the domain needs outlives the stack.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        zones: Sequence[str],
        log_retention: logs.RetentionDays,
        vpc_id: str,
        subnet_ids: Sequence[str],
        services: Sequence[ec2.InterfaceVpcEndpointAwsService],
        cidr: str,
        retain: bool,
    ) -> None:
        """Make a VPC with the addresses `cidr` and endpoints for `services`, or take an existing one.

        `vpc_id`, and one of `subnet_ids` for each zone, name the existing one.
        """
        super().__init__(scope, construct_id)
        if vpc_id:
            self.vpc = ec2.Vpc.from_vpc_attributes(
                self, "Vpc", vpc_id=vpc_id, availability_zones=list(zones), isolated_subnet_ids=list(subnet_ids)
            )
        else:
            self.vpc = self._new(cidr, zones, log_retention)
        self.functions = self._group("Functions", "What reaches the search domain on its own")
        self.viewers = self._group("Viewers", "Whatever carries this group may open the dashboards")
        self.domain = self._group("Domain", "The search domain")
        for group in (self.functions, self.viewers):
            self.domain.add_ingress_rule(group, HTTPS)
            group.add_egress_rule(self.domain, HTTPS)
        if retain:
            self._keep_what_the_domain_stands_on()
        elif vpc_id:
            # A VPN of that VPC may carry this group; deleting it would then fail, and the stack with it.
            self.viewers.apply_removal_policy(KEEP)
        if not vpc_id:
            self._open_ways(services)
        else:
            self.functions.add_egress_rule(ec2.Peer.any_ipv4(), HTTPS, "AWS services, by the VPC's own ways")

    def _new(self, cidr: str, zones: Sequence[str], log_retention: logs.RetentionDays) -> ec2.Vpc:
        vpc = ec2.Vpc(
            self,
            "Vpc",
            ip_addresses=ec2.IpAddresses.cidr(cidr),
            availability_zones=list(zones),
            nat_gateways=0,
            subnet_configuration=[
                ec2.SubnetConfiguration(
                    name="isolated", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=SUBNET_MASK
                )
            ],
        )
        refused = logs.LogGroup(self, "Refused", retention=log_retention)
        vpc.add_flow_log(
            "FlowLog",
            destination=ec2.FlowLogDestination.to_cloud_watch_logs(refused),
            traffic_type=ec2.FlowLogTrafficType.REJECT,
        )
        return vpc

    def _keep_what_the_domain_stands_on(self) -> None:
        """Keep what a domain that stays behind needs: its VPC, which could not be deleted anyway, and its way in."""
        kept = [ec2.CfnVPC.CFN_RESOURCE_TYPE_NAME, ec2.CfnSubnet.CFN_RESOURCE_TYPE_NAME]
        RemovalPolicies.of(self).retain_on_update_or_delete(apply_to_resource_types=kept)
        for each in (self.domain, *self.domain.node.children, self.viewers, *self.viewers.node.children):
            if isinstance(each, ec2.CfnSecurityGroupIngress):
                if each.source_security_group_id == self.viewers.security_group_id:
                    each.apply_removal_policy(KEEP)  # the others are from the functions, whose group goes
            elif isinstance(each, ec2.SecurityGroup | ec2.CfnSecurityGroupEgress):
                each.apply_removal_policy(KEEP)

    def _open_ways(self, services: Sequence[ec2.InterfaceVpcEndpointAwsService]) -> None:
        gateway = self.vpc.add_gateway_endpoint("S3", service=ec2.GatewayVpcEndpointAwsService.S3)
        gateway.add_to_policy(_within_the_account("s3:*"))
        # The gateway's addresses are S3's public ones, and only the region's list of them, which CloudFormation cannot
        # name, would be narrower. There is no route to anything else.
        self.functions.add_egress_rule(
            ec2.Peer.any_ipv4(), HTTPS, "S3, by the gateway endpoint; no other route is there"
        )
        endpoints = self._group("Endpoints", "The AWS services that functions call")
        endpoints.add_ingress_rule(self.functions, HTTPS)
        for service in services:
            endpoint = self.vpc.add_interface_endpoint(
                service.short_name.title(), service=service, security_groups=[endpoints], open=False
            )
            endpoint.add_to_policy(_within_the_account(*ENDPOINT_ACTIONS[service.short_name]))

    def _group(self, name: str, description: str) -> ec2.SecurityGroup:
        return ec2.SecurityGroup(self, name, vpc=self.vpc, description=description, allow_all_outbound=False)


def _within_the_account(*actions: str) -> iam.PolicyStatement:
    """Let only identities of this account pass, and only to what is in it."""
    # An endpoint's policy names everybody and everything, and the conditions narrow it to this account.
    return iam.PolicyStatement(
        actions=list(actions),
        principals=[iam.AnyPrincipal()],
        resources=["*"],
        conditions={"StringEquals": {"aws:PrincipalAccount": Aws.ACCOUNT_ID, "aws:ResourceAccount": Aws.ACCOUNT_ID}},
    )
