"""Infrastructure: one construct a file; the stack composes, grants and outputs."""

STACK = "PredictionMonitoring"
ROLE_STACK = "PredictionMonitoringDeployment"
"""The stacks' names in CloudFormation; the second exists only with `-c github_repository=`."""


def stack_name(name: str) -> str:
    """Return the name of the stack of the deployment `name`. The first deployment has no name; its stack is STACK."""
    return f"{STACK}-{name}" if name else STACK


def role_stack_name(name: str) -> str:
    """Return the name of the stack with the roles that deploy the deployment `name`."""
    return f"{ROLE_STACK}-{name}" if name else ROLE_STACK
