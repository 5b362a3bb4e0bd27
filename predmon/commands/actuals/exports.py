"""Rows of JSON as tools for labelling write them, brought to the columns of a table."""

from collections.abc import Mapping
from typing import Any

NESTED = ("prediction", "actual", "meta", "metadata", "data", "eventMetadata", "groundTruthData")
"""Objects whose keys come to the top, as `meta.prediction_id`."""
METADATA = "-metadata"


def flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of JSON as a row of a table, without what is null."""
    fields: dict[str, Any] = {}
    several = sum(name.endswith(METADATA) for name in row) > 1  # a job that is chained to another, such as a review
    for name, value in row.items():
        if isinstance(value, dict) and name in NESTED:
            fields |= {f"{name}.{inner}": each for inner, each in value.items() if each is not None}
        elif isinstance(value, dict) and name.endswith(METADATA):
            found = _of_ground_truth(value)
            fields |= (
                {f"{name.removesuffix(METADATA)}.{inner}": each for inner, each in found.items()} if several else found
            )
        elif value is not None and f"{name}{METADATA}" not in row:
            fields[name] = value
    return fields


def _of_ground_truth(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return label and time of a manifest of SageMaker Ground Truth, which has the class only by its name there."""
    fields: dict[str, Any] = {}
    if isinstance(metadata.get("class-name"), str):
        fields["label"] = metadata["class-name"]
    elif isinstance(metadata.get("class-map"), dict):
        fields["labels"] = list(metadata["class-map"].values())
    if metadata.get("creation-date"):
        fields["creation_date"] = metadata["creation-date"]
    return fields
