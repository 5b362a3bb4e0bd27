"""The stack: composes the constructs, grants, and outputs. It creates nothing itself."""

from dataclasses import replace
from typing import Any

from aws_cdk import Annotations, CfnOutput, Duration, Fn, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from stacks import function_configs
from stacks.constructs import dashboards, drift, shipper, stream
from stacks.constructs.bundling import Target, python_code
from stacks.constructs.dashboards import DashboardsImport
from stacks.constructs.domain import SearchDomain
from stacks.constructs.drift import Drift
from stacks.constructs.encryption import customer_key
from stacks.constructs.functions import Place
from stacks.constructs.inference import Inference, inference_code
from stacks.constructs.network import DRIFT_CALLS, IMPORTER_CALLS, Network
from stacks.constructs.shipper import Shipper
from stacks.constructs.stream import LogStream
from stacks.constructs.subscriptions import Subscriptions
from stacks.monitoring.watching import watch
from stacks.settings import Settings

DEV_ROLE_NAME = "mlops-cluster-role"
"""The tutorial's name; only in `dev`, since a second stack in the account could not have it too."""


class PredictionMonitoring(Stack):
    """Log groups ▶ shipper ▶ OpenSearch ▶ Dashboards, for the models that `settings` names."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings, **kwargs: Any) -> None:
        self.settings = settings
        super().__init__(
            scope,
            construct_id,
            description="Prediction monitoring for models behind AWS Lambda",
            termination_protection=settings.retain_data,
            **kwargs,
        )
        self.target = Target(settings.architecture)
        self.outside = Place(
            architecture=self.target.lambda_architecture,
            log_retention=function_configs.RETENTION[settings.log_retention_days],
        )
        self.auth = "none" if settings.profile == "local" else "sigv4"

        self.key = customer_key(self, settings.kms_key_arn) if settings.kms_key_arn else None
        self.network = self._network() if settings.in_vpc else None
        self.inside = self.outside
        if self.network:
            self.inside = replace(self.outside, vpc=self.network.vpc, security_groups=[self.network.functions])
        self.domain = self._domain()
        self.shipper = self._shipper()
        self.drift = self._drift() if settings.drift else None
        self.dashboards = self._dashboards()
        if self.drift:
            # Its first run reads and writes indices whose templates the import puts.
            self.drift.schedule.node.add_dependency(self.dashboards)
        self.inference = self._inference() if settings.inference else None
        self.stream = self._stream() if settings.transport == "kinesis" else None
        self._subscribe()
        if settings.alarms:
            watch(self, settings=settings, shipper=self.shipper, drift=self.drift, stream=self.stream)
        if not settings.retain_data:
            for each in self.node.find_all():
                if isinstance(each, logs.LogGroup):
                    each.apply_removal_policy(RemovalPolicy.DESTROY)

    @property
    def availability_zones(self) -> list[str]:
        """By number: their names would have to be asked of the account, and synthesis needs no credentials."""
        return [Fn.select(number, Fn.get_azs()) for number in range(self.settings.zones)]

    def _network(self) -> Network:
        s = self.settings
        made = Network(
            self,
            "Network",
            zones=self.availability_zones,
            log_retention=self.outside.log_retention,
            vpc_id=s.vpc_id,
            subnet_ids=s.subnet_ids,
            services=[*IMPORTER_CALLS, *(DRIFT_CALLS if s.drift else ())],
            retain=s.retain_data,
        )
        CfnOutput(self, "ViewerSecurityGroupId", value=made.viewers.security_group_id)
        return made

    def _domain(self) -> SearchDomain:
        s = self.settings
        if s.profile == "dev" and not s.allowed_cidrs:
            Annotations.of(self).add_warning(
                "No browser may open the dashboards yet. Name your own address: -c allowed_cidrs=203.0.113.7/32"
            )
        return SearchDomain(
            self,
            "Search",
            name=s.domain_name,
            engine_version=s.engine_version,
            instance_type=s.instance_type,
            data_nodes=s.data_nodes,
            zones=s.zones,
            manager_nodes=s.manager_nodes,
            manager_type=s.manager_type,
            volume_gib=s.volume_gib,
            allowed_cidrs=s.allowed_cidrs,
            scheme=s.opensearch_scheme,
            retain=s.retain_data,
            sign_in=s.fine_grained_access,
            network=self.network,
            key=self.key,
        )

    def _shipper(self) -> Shipper:
        s = self.settings
        entry = stream if s.transport == "kinesis" else shipper
        made = Shipper(
            self,
            "Shipper",
            config=function_configs.shipper(s, self.domain.url, self.auth, self.region),
            code=python_code(shipper.BUNDLE, self.target, shipper.REQUIREMENTS),
            role_name=DEV_ROLE_NAME if s.profile == "dev" else None,
            reserved_concurrency=s.shipper_concurrency or None,
            retain_failures=s.retain_data,
            empty_failures=s.profile != "local",
            handler=entry.HANDLER,
            replay_handler=entry.REPLAY_HANDLER,
            key=self.key,
            place=self.inside,
        )
        # A bulk request names its indices in its body, which IAM does not read: the path is the narrowest it can say.
        _allow(made.function, ["es:ESHttpPost"], f"{self.domain.arn}/_bulk")
        _allow(made.replay_function, ["es:ESHttpPost"], f"{self.domain.arn}/_bulk")
        # The shipper's role has what it needs there already, for Lambda's own failure records.
        _allow(made.replay_function, ["s3:ListBucket"], made.failure_bucket.bucket_arn)
        _allow(made.replay_function, shipper.REPLAY_ACTIONS, made.failure_bucket.arn_for_objects("*"))
        if self.key:
            for each in (made.function, made.replay_function):
                self.key.grant(each, "kms:Decrypt", "kms:GenerateDataKey")
        CfnOutput(self, "OpenSearchUrl", value=self.domain.url)
        CfnOutput(self, "ShipperFunctionName", value=made.function.function_name)
        CfnOutput(self, "ReplayFunctionName", value=made.replay_function.function_name)
        CfnOutput(self, "FailureBucketName", value=made.failure_bucket.bucket_name)
        return made

    def _dashboards(self) -> DashboardsImport:
        s = self.settings
        # The emulator hands out an engine without sign-in, whatever the domain says.
        secret = self.domain.master_secret if self.auth == "sigv4" else None
        made = DashboardsImport(
            self,
            "Dashboards",
            config=function_configs.importer(s, self.domain.url, self.auth, secret),
            code=python_code(dashboards.BUNDLE, self.target, dashboards.REQUIREMENTS),
            index_templates={"cwl": shipper.index_template(s.index_shards), **drift.index_templates()},
            retention_days=s.index_retention_days,
            role_mappings=dashboards.role_mappings(
                writers=[self.shipper.function, self.shipper.replay_function],
                drift=self.drift.function if self.drift else None,
                viewers=s.viewer_roles,
            )
            if secret
            else None,
            saved_objects_hash=dashboards.saved_objects_hash(),
            place=self.inside,
        )
        if self.network:
            made.resource.node.add_dependency(self.network)  # its ways out and in must be open before it runs
        if secret:
            secret.grant_read(made.function)
            if self.key:
                # `grant_read` says nothing of a key that is not the stack's own.
                through = {"kms:ViaService": f"secretsmanager.{self.region}.amazonaws.com"}
                _allow(made.function, ["kms:Decrypt"], self.key.key_arn, where=through)
            CfnOutput(self, "MasterSecretArn", value=secret.secret_arn)
        else:
            # The importer's calls span the whole of Dashboards' own paths, which have no narrower common prefix.
            methods = ["es:ESHttpGet", "es:ESHttpHead", "es:ESHttpPost", "es:ESHttpPut"]
            _allow(made.function, methods, f"{self.domain.arn}/*")
        CfnOutput(self, "DashboardUrl", value=made.dashboard_url)
        CfnOutput(self, "DashboardsUrl", value=made.dashboards_url)
        return made

    def _inference(self) -> Inference:
        s = self.settings
        made = Inference(
            self,
            "Inference",
            config=function_configs.inference(s),
            code=inference_code(s.model_dir, self.target, is_fetched=bool(s.model_uri)),
            place=self.outside,
            url_is_public=s.profile == "local",
            # The packaged model loads in a quarter of a second; one that is fetched first takes several.
            snap_start=bool(s.model_uri) and s.profile != "local",
        )
        if s.model_uri:
            files = f"arn:{self.partition}:s3:::{s.model_uri.removeprefix('s3://').rstrip('/')}/*"
            _allow(made.function, ["s3:GetObject"], files)
        CfnOutput(self, "InferenceFunctionName", value=made.target_name)
        CfnOutput(self, "InferenceUrl", value=made.url)
        return made

    def _drift(self) -> Drift:
        s = self.settings
        made = Drift(
            self,
            "Drift",
            config=function_configs.drift(s, self.domain.url, self.auth, self.region),
            code=python_code(drift.BUNDLE, self.target, drift.REQUIREMENTS),
            every=Duration.minutes(s.drift_every_minutes),
            place=self.inside,
        )
        for action, path in drift.SEARCH_ACCESS:
            _allow(made.function, [action], f"{self.domain.arn}{path}")
        CfnOutput(self, "DriftFunctionName", value=made.function.function_name)
        return made

    def _subscribe(self) -> None:
        groups = [
            logs.LogGroup.from_log_group_name(self, f"Attached{number}", name)
            for number, name in enumerate(self.settings.log_groups)
        ]
        if self.inference:
            groups.insert(0, self.inference.function.log_group)
        subscriptions = Subscriptions(
            self, "Subscriptions", log_groups=groups, function=self.shipper.function, stream=self.stream
        )
        # No document before its template: a field keeps the type that its first document gave it.
        subscriptions.node.add_dependency(self.dashboards)
        CfnOutput(self, "LogGroupNames", value=Fn.join(",", [group.log_group_name for group in groups]))

    def _stream(self) -> LogStream:
        made = LogStream(
            self,
            "Stream",
            function=self.shipper.function,
            failure_bucket=self.shipper.failure_bucket,
            key=self.key,
        )
        _allow(self.shipper.function, stream.READING, made.stream.stream_arn)
        # Whatever is in the stream already must find its templates, too.
        made.mapping.node.add_dependency(self.dashboards)
        return made


def _allow(function: lambda_.IFunction, actions: list[str], resource: str, where: dict[str, str] | None = None) -> None:
    conditions = {"StringEquals": where} if where else None
    function.add_to_role_policy(iam.PolicyStatement(actions=actions, resources=[resource], conditions=conditions))
