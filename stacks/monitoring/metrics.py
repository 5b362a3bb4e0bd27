"""The metrics that alarms and the pipeline's dashboard read."""

from aws_cdk import Aws, Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_

NAMESPACE = "PredictionMonitoring"
"""The namespace of what the shipper and its replay report; lambda_shipper/delivery/report.py has the same word."""
FIVE_MINUTES = Duration.minutes(5)


def shipper_metric(
    function: lambda_.IFunction, name: str, *, statistic: str = "Sum", period: Duration = FIVE_MINUTES
) -> cloudwatch.Metric:
    """Return one of the counts that `function` prints in its report line."""
    return cloudwatch.Metric(
        namespace=NAMESPACE,
        metric_name=name,
        dimensions_map={"function": function.function_name},
        statistic=statistic,
        period=period,
    )


def lambda_metric(
    function: lambda_.IFunction, name: str, *, statistic: str = "Sum", period: Duration = FIVE_MINUTES
) -> cloudwatch.Metric:
    """Return one of Lambda's own metrics of `function`."""
    return cloudwatch.Metric(
        namespace="AWS/Lambda",
        metric_name=name,
        dimensions_map={"FunctionName": function.function_name},
        statistic=statistic,
        period=period,
    )


def mapping_metric(mapping: lambda_.IEventSourceMapping, name: str) -> cloudwatch.Metric:
    """Return one of Lambda's own counts of what an event source mapping read."""
    return cloudwatch.Metric(
        namespace="AWS/Lambda",
        metric_name=name,
        dimensions_map={"EventSourceMappingUUID": mapping.event_source_mapping_id},
        statistic="Sum",
        period=FIVE_MINUTES,
    )


def domain_metric(
    domain_name: str, name: str, *, statistic: str = "Average", period: Duration = FIVE_MINUTES
) -> cloudwatch.Metric:
    """Return one of the search domain's metrics, which the service keeps under its older name."""
    return cloudwatch.Metric(
        namespace="AWS/ES",
        metric_name=name,
        dimensions_map={"DomainName": domain_name, "ClientId": Aws.ACCOUNT_ID},
        statistic=statistic,
        period=period,
    )
