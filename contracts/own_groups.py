"""The log groups that deployments of this project write. To ship them would make new lines in them, without end.

The module imports only the standard library, and each function's bundle that needs it carries a copy.
"""

from __future__ import annotations

import re
from functools import lru_cache

STACK = "PredictionMonitoring"
"""The name of the stack. That of a deployment with a name is `PredictionMonitoring-name`."""
EXAMPLE = "Inference"
"""The beginning of the example model's resources, whose log group holds predictions."""
# CloudFormation makes the name of a group from the stack's and the logical id, which the CDK ends in a hash. A copy in
# another account may have more in front.
OWN = re.compile(
    rf"(?<![A-Za-z0-9])(?P<stack>{STACK}(?:-[a-z][a-z0-9-]{{0,19}})?)"
    r"[-/](?P<part>[A-Z][A-Za-z0-9]*[0-9A-F]{8})(?![A-Za-z0-9])"
)


def is_own(log_group: str) -> bool:
    """Tell whether a function of a deployment of this project writes this log group, also of another deployment."""
    return OWN.search(log_group) is not None


def stack_of(log_group: str) -> str:
    """Return the name of the stack whose function writes this log group; empty for a group of somebody else."""
    found = OWN.search(log_group)
    return found["stack"] if found else ""


@lru_cache(maxsize=1024)
def makes_loop(log_group: str) -> bool:
    """Tell whether shipping this log group would make new lines in it, or in that of another deployment."""
    found = OWN.search(log_group)
    return found is not None and not found["part"].startswith(EXAMPLE)
