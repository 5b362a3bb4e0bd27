"""Deleting a stack: the remains of a first deployment that failed, or a stack that is there."""

from typing import Any

import botocore.exceptions

from predmon.errors import UserError
from predmon.terminal import Terminal

out = Terminal()
POLL_SECONDS, MOST_POLLS = 2, 1800


def delete_stack(cloudformation: Any, stack: str) -> None:
    """Delete the stack and wait until it is gone. Raises UserError with the reasons of the resources that stay."""
    # By its id: the name finds nothing once the stack is gone.
    stack_id = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackId"]
    cloudformation.delete_stack(StackName=stack_id)
    with out.status("Deleting, which takes about 15 minutes on AWS"):
        try:
            cloudformation.get_waiter("stack_delete_complete").wait(
                StackName=stack_id, WaiterConfig={"Delay": POLL_SECONDS, "MaxAttempts": MOST_POLLS}
            )
        except botocore.exceptions.WaiterError as error:
            raise UserError(_explain(cloudformation, stack, stack_id, error)) from error


def delete_failed_creation(cloudformation: Any, stack: str) -> None:
    """Delete what a first deployment left that failed, its protection from deletion first.

    The CDK protects a stack before it creates anything in it, and then cannot delete it itself. Nothing is lost: what
    holds data is kept when a stack is updated or deleted, not when its creation fails.
    """
    cloudformation.update_termination_protection(StackName=stack, EnableTerminationProtection=False)
    delete_stack(cloudformation, stack)
    out.print(f"Deleted what the failed first deployment of {stack} left.")


def _explain(cloudformation: Any, stack: str, stack_id: str, error: Exception) -> str:
    resources = cloudformation.describe_stack_resources(StackName=stack_id)["StackResources"]
    stuck = [each for each in resources if each["ResourceStatus"] == "DELETE_FAILED"]
    if not stuck:
        return f"{stack} could not be deleted ({error}). See its events in CloudFormation."
    lines = [
        f"  {each['ResourceType']} {each.get('PhysicalResourceId', '')}: {each.get('ResourceStatusReason', '')}"
        for each in stuck
    ]
    ids = " ".join(each["LogicalResourceId"] for each in stuck)
    keep = f"aws cloudformation delete-stack --stack-name {stack} --retain-resources {ids}"
    return "\n".join(
        [
            f"{stack} could not be deleted. These resources stay:",
            *lines,
            "Remove what uses them and run this command again. Or keep them:",
            f"  {keep}",
        ]
    )
