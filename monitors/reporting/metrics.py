"""Metrics in CloudWatch."""

from __future__ import annotations

from typing import Any

NAMESPACE = "PredictionMonitoring"
"""The namespace of a deployment without a name."""
IN_A_CALL = 1000


def put(cloudwatch: Any, data: list[dict[str, Any]], namespace: str) -> None:
    """Put the metrics into `namespace`, at most 1,000 in a call as CloudWatch allows."""
    for start in range(0, len(data), IN_A_CALL):
        cloudwatch.put_metric_data(Namespace=namespace, MetricData=data[start : start + IN_A_CALL])
