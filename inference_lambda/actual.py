"""Read an actual: what a prediction should have been, sent later to the function that made it."""

from collections.abc import Sequence
from typing import Any

from inference_lambda.identity import is_own
from inference_lambda.requests import BadRequestError


def is_actual(content: Any) -> bool:
    """Return whether this is meant as an actual and not as a request for a prediction."""
    return isinstance(content, dict) and "actual" in content


def read_actual(content: dict[str, Any], labels: Sequence[str], identity_key: str) -> dict[str, Any]:
    """Return the actual as it is logged: `{"prediction": {"id"}, "actual": {"label"}}`.

    Raises:
        BadRequestError: if the id or the label is missing, `identity_key` does not sign the id, or the model does not
            have that label. The message is logged, so it does not hold the word that the subscription filter looks for.
    """
    prediction, actual = content.get("prediction"), content["actual"]
    identity = prediction.get("id") if isinstance(prediction, dict) else None
    if not isinstance(identity, str) or not identity:
        raise BadRequestError("the actual has no id; send the id that the reply had")
    if not is_own(identity, identity_key):
        raise BadRequestError("this function did not give out the id of the actual; send the id that its reply had")
    label = actual.get("label") if isinstance(actual, dict) else actual
    if label not in labels:
        raise BadRequestError(f"the actual has no label of this model; it has {', '.join(labels)}")
    return {"prediction": {"id": identity}, "actual": {"label": label}}
