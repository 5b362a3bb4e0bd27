"""What a plain `cdk deploy` meets is said at synthesis, as far as the settings need it."""

import pytest

from stacks.settings import Settings
from stacks.settings.unchecked import list_unchecked

KEY = "arn:aws:kms:eu-central-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"
VPC = {"vpc": "new", "sign_in": "cognito"}
SENDING = {"send_to": "arn:aws:logs:eu-central-1:123456789012:destination:PredictionMonitoring"}


@pytest.mark.parametrize(
    ("context", "said"),
    [
        ({"shipper_concurrency": "0"}, ["domain mlops-cluster, the role mlops-cluster-role must be free"]),
        ({"name": "reviews"}, ["domain reviews-cluster"]),
        ({"shipper_concurrency": "5"}, ["mlops-cluster", "shipper_concurrency=5 is taken"]),
        (VPC, ["mlops-cluster", "linked role"]),
        ({"kms_key_arn": KEY}, ["mlops-cluster", "let CloudWatch Logs use the key"]),
        ({"profile": "local"}, []),
        (SENDING, []),
    ],
    ids=str,
)
def test_each_thing_that_only_the_account_knows_is_said_where_it_matters(
    context: dict[str, str], said: list[str]
) -> None:
    found = list(list_unchecked(Settings.from_context(context)))

    assert len(found) == len(said)
    assert all(part in sentence for part, sentence in zip(said, found, strict=True))
