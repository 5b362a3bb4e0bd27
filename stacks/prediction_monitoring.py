"""The stack: log groups ▶ shipper ▶ OpenSearch ▶ Dashboards. It composes constructs, grants, and outputs."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aws_cdk import CfnOutput, Fn, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from inference_lambda.folder import FILES, ModelFolderError
from stacks import function_configs, stack_name
from stacks.collecting import add_stream, collect
from stacks.constructs.bundling import Platform
from stacks.constructs.dashboards import DashboardsImport, importer_code, role_mappings, saved_objects_hash
from stacks.constructs.domain import SearchDomain
from stacks.constructs.encryption import customer_key
from stacks.constructs.functions import FunctionFactory, keep_logs
from stacks.constructs.index_templates import index_templates
from stacks.constructs.inference import Inference, inference_code
from stacks.constructs.network import IMPORTER_CALLS, REPORT_CALLS, Network
from stacks.constructs.reporting import ScheduledReport
from stacks.constructs.shipper import DOMAIN_ACCESS, Shipper, shipper_code
from stacks.constructs.stream import LogStream
from stacks.constructs.way_in import WayIn
from stacks.incidents import add_acting, wants_rollback
from stacks.monitoring.monitoring import monitor
from stacks.settings import Settings, SettingsError
from stacks.settings.regions import NO_FUNCTION_URLS
from stacks.sign_in import finish, open_ways
from stacks.watching import add_reports, alarms_of


class PredictionMonitoring(Stack):
    """Prediction monitoring for the models that `settings` names.

    Raises:
        SettingsError: `model_dir` is no model folder.
    """

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings, **kwargs: Any) -> None:
        self._zones, self._zone_names = settings.zones, list(settings.zone_names)
        super().__init__(
            scope,
            construct_id,
            description="Prediction monitoring for models behind AWS Lambda",
            termination_protection=settings.retain_data,
            **kwargs,
        )
        s = settings
        platform = Platform("host" if s.local else s.architecture)
        public = FunctionFactory(
            architecture=platform.lambda_architecture,
            log_retention=function_configs.RETENTION[s.log_retention_days],
        )
        key = customer_key(self, s.kms_key_arn) if s.kms_key_arn else None
        network = self._network(s, public.log_retention) if s.in_vpc else None
        private = replace(public, vpc=network.vpc, security_groups=[network.functions]) if network else public

        sign_in, way_in = open_ways(self, s)
        domain = self._domain(s, network, key, way_in)
        shipper = self._shipper(s, domain, private, platform, key)
        reports = add_reports(self, s, domain, private, platform)
        dashboards = self._dashboards(s, domain, shipper, reports, way_in, private, platform)
        finish(self, s, domain, sign_in, dashboards.code, public)
        inference = self._inference(s, public, platform) if s.inference else None
        add_acting(self, s, inference, public, platform)
        stream = add_stream(self, shipper, key, public, platform) if s.transport == "kinesis" else None
        subscriptions = collect(self, s, inference, shipper, stream, key, public, platform)

        # No document before its template: a field keeps the type that its first document gave it.
        subscriptions.node.add_dependency(dashboards)
        if stream:
            stream.mapping.node.add_dependency(dashboards)
        for name, report in reports.items():
            report.schedule.node.add_dependency(dashboards)
            if name in dashboards.report_urls:
                report.link_to(dashboards.report_urls[name])
        if network:
            # The import needs the network's ways out and in.
            dashboards.resource.node.add_dependency(network)

        own_lines = shipper.own_lines(stack_name(s.name))
        if s.alarms:
            self._monitor(s, shipper, reports, stream, own_lines)
        keep_logs(self, retain=s.retain_data)

    @property
    def availability_zones(self) -> list[str]:
        """As the settings name them, else by number: a look-up of names would need credentials at synthesis."""
        return self._zone_names or [Fn.select(number, Fn.get_azs()) for number in range(self._zones)]

    def _network(self, s: Settings, log_retention: logs.RetentionDays) -> Network:
        network = Network(
            self,
            "Network",
            zones=self.availability_zones,
            log_retention=log_retention,
            cidr=s.vpc_cidr,
            vpc_id=s.vpc_id,
            subnet_ids=s.subnet_ids,
            services=[
                *(IMPORTER_CALLS if s.sign_in == "password" else ()),
                *REPORT_CALLS,
            ],
            retain=s.retain_data,
        )
        CfnOutput(self, "ViewerSecurityGroupId", value=network.viewers.security_group_id)
        return network

    def _domain(self, s: Settings, network: Network | None, key: kms.IKey | None, way_in: WayIn) -> SearchDomain:
        domain = SearchDomain(
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
            scheme=s.opensearch_scheme,
            retain=s.retain_data,
            way_in=way_in,
            network=network,
            key=key,
            log_retention=function_configs.RETENTION[s.log_retention_days] if s.domain_logs else None,
        )
        CfnOutput(self, "OpenSearchUrl", value=domain.url)
        return domain

    def _shipper(
        self, s: Settings, domain: SearchDomain, functions: FunctionFactory, platform: Platform, key: kms.IKey | None
    ) -> Shipper:
        shipper = Shipper(
            self,
            "Shipper",
            config=function_configs.shipper(s, domain.url, self.region, self.account),
            code=shipper_code(platform),
            role_name=s.shipper_role_name or None,
            reserved_concurrency=s.shipper_concurrency or None,
            retain_failures=s.retain_data,
            empty_failures=not s.local,
            key=key,
            functions=functions,
        )
        domain.grant_requests(shipper.function, *DOMAIN_ACCESS)
        domain.grant_requests(shipper.replay_function, *DOMAIN_ACCESS)
        CfnOutput(self, "ShipperFunctionName", value=shipper.function.function_name)
        CfnOutput(self, "ReplayFunctionName", value=shipper.replay_function.function_name)
        CfnOutput(self, "FailureBucketName", value=shipper.failure_bucket.bucket_name)
        return shipper

    def _dashboards(
        self,
        s: Settings,
        domain: SearchDomain,
        shipper: Shipper,
        reports: Mapping[str, ScheduledReport],
        way_in: WayIn,
        functions: FunctionFactory,
        platform: Platform,
    ) -> DashboardsImport:
        mappings = role_mappings(
            writers=[shipper.function, shipper.replay_function],
            reports={name: each.function for name, each in reports.items()},
            people=way_in,
        )
        dashboards = DashboardsImport(
            self,
            "Dashboards",
            config=function_configs.importer(s, domain.url, domain.master_secret),
            code=importer_code(platform),
            index_templates=index_templates(s.index_shards),
            retention_days=s.index_retention_days,
            role_mappings=mappings if s.fine_grained_access else None,
            role=way_in.master,
            saved_objects_hash=saved_objects_hash(),
            functions=functions,
        )
        domain.grant_import(dashboards.function)
        CfnOutput(self, "DashboardUrl", value=dashboards.dashboard_url)
        CfnOutput(self, "DashboardsUrl", value=dashboards.dashboards_url)
        kept = "Edited in Dashboards, so the last import left them as they are: docs/dashboards.md"
        CfnOutput(self, "KeptEdits", value=dashboards.kept_edits, description=kept)
        return dashboards

    def _inference(self, s: Settings, functions: FunctionFactory, platform: Platform) -> Inference:
        try:
            code = inference_code(s.model_dir, platform, is_fetched=bool(s.model_uri))
        except ModelFolderError as error:
            wanted = f"a folder with {', '.join(FILES)}. {str(error).rstrip('.')}"
            raise SettingsError("model_dir", s.model_dir, wanted) from error
        inference = Inference(
            self,
            "Inference",
            config=function_configs.inference(s),
            code=code,
            functions=functions,
            has_url=self.region not in NO_FUNCTION_URLS,
            url_is_public=bool(s.local),
            # The packaged model loads in a quarter of a second; one that is fetched first takes several.
            snap_start=bool(s.model_uri) and not s.local,
            can_roll_back=wants_rollback(s),
        )
        if s.model_uri:
            inference.grant_model(s.model_uri, s.model_key_arn)
        CfnOutput(self, "InferenceFunctionName", value=inference.invoked_name)
        if inference.url:
            CfnOutput(self, "InferenceUrl", value=inference.url)
        return inference

    def _monitor(
        self,
        s: Settings,
        shipper: Shipper,
        reports: Mapping[str, ScheduledReport],
        stream: LogStream | None,
        own_lines: cloudwatch.Metric,
    ) -> None:
        monitor(
            self,
            title=f"Prediction monitoring {s.name}".rstrip(),
            domain_name=s.domain_name,
            volume_gib=s.volume_gib,
            shipper=shipper.function,
            replay=shipper.replay_function,
            failure_bucket=shipper.failure_bucket,
            stream_mapping=stream.mapping if stream else None,
            own_lines=own_lines,
            more_alarms=alarms_of(self, reports),
            email=s.alarm_email,
            repository=s.github_repository,
            silence_hours=s.alarm_silence_hours,
            metric_math=not s.local,
        )
