"""What regions lack. Each list is compared with cfn-lint's by a test."""

NO_FUNCTION_URLS = frozenset(
    {
        "ap-east-2",
        "ap-south-2",
        "ap-southeast-4",
        "ap-southeast-5",
        "ap-southeast-6",
        "ap-southeast-7",
        "ca-west-1",
        "cn-northwest-1",
        "eu-central-2",
        "il-central-1",
        "me-central-1",
        "mx-central-1",
        "us-gov-east-1",
        "us-gov-west-1",
    }
)
"""Regions in which Lambda has no function URLs."""

NO_USER_POOLS = frozenset({"cn-north-1", "cn-northwest-1"})
"""Regions in which Cognito has no user pools, so that nobody could sign in with it."""
