"""Infrastructure: one construct a file; the stack composes, grants and outputs."""

STACK = "PredictionMonitoring"
ROLE_STACK = "PredictionMonitoringDeployment"
"""The stacks' names in CloudFormation; the second is there with `-c github_repository=` only."""
