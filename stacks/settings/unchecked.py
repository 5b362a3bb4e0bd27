"""What a deployment meets in an account that a synthesis cannot look at."""

from collections.abc import Iterator

from stacks.settings.settings import Settings

CHECKED = "PREDMON_CHECKED"
"""The variable that `predmon` sets: it looks itself before it deploys."""


def list_unchecked(s: Settings) -> Iterator[str]:
    """Give a sentence for each thing that `predmon doctor` would look at, as far as these settings need it."""
    if s.local or s.send_to:
        return
    roles = f", the role {s.shipper_role_name}" if s.shipper_role_name else ""
    yield f"the domain {s.domain_name}{roles} must be free in this account, or this deployment's: -c name=… if not"
    if s.shipper_concurrency:
        yield (
            f"shipper_concurrency={s.shipper_concurrency} is taken from the account's quota, of which 100 stay free. A "
            "new account may have a quota of 10: -c shipper_concurrency=0"
        )
    if s.in_vpc:
        command = "aws iam create-service-linked-role --aws-service-name opensearchservice.amazonaws.com"
        yield f"a domain in a VPC needs the service's linked role, once in each account: {command}"
    if s.kms_key_arn:
        yield "the policy of kms_key_arn must let CloudWatch Logs use the key: docs/security.md, section Encryption"
