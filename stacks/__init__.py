"""Infrastructure: one construct a file; the stack composes, grants and outputs."""

from contracts.own_groups import STACK

__all__ = ["ROLE_STACK", "SENDING_STACK", "STACK", "role_stack_name", "stack_name"]

SENDING_STACK = f"{STACK}Sending"
"""The name of the stack in an account that only sends its logs, with `-c send_to=`."""
ROLE_STACK = f"{STACK}Deployment"
"""The name of the second stack in CloudFormation, which exists only with `-c github_repository=`."""


def stack_name(name: str) -> str:
    """Return the name of the stack of the deployment `name`. The first deployment has no name; its stack is STACK."""
    return f"{STACK}-{name}" if name else STACK


def role_stack_name(name: str) -> str:
    """Return the name of the stack with the roles that deploy the deployment `name`."""
    return f"{ROLE_STACK}-{name}" if name else ROLE_STACK
