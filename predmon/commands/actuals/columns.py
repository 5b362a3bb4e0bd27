"""What each column of a file is. A column is used for what it is, or named as not used."""

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from predmon.errors import UserError

ID, LABEL, LABELS, VALUE, ACTUAL = "prediction_id", "label", "labels", "value", "actual"
TIME, LOG_GROUP, ANNOTATOR, STATUS = "time", "log_group", "annotator", "status"
ANSWERS = (LABEL, LABELS, VALUE, ACTUAL)
"""`actual` is a label or a value, whichever its cells are."""
CHOOSABLE = (ID, LABEL, LABELS, VALUE, TIME, LOG_GROUP, ANNOTATOR)
"""What `--column` can name."""

NAMES: dict[str, tuple[tuple[str, ...], ...]] = {
    ID: (("prediction_id", "predictionid"), ("prediction_prediction_id",), ("id",)),
    LABEL: (("label", "actual_label"), ("choice", "class_name", "accept"), ("class", "category", "target", "y_true")),
    LABELS: (("labels", "actual_labels"), ("choices",)),
    VALUE: (("value", "actual_value"),),
    ACTUAL: (("actual",), ("ground_truth", "truth", "true_label", "actual_class", "label_true")),
    TIME: (
        ("time", "actual_time"),
        ("timestamp", "datetime", "date_time"),
        ("labeled_at", "labelled_at", "annotated_at", "reviewed_at", "answered_at", "label_time", "known_at"),
        ("submit_time", "submitted_at", "completed_at", "finished_at"),
        ("updated_at", "modified_at", "last_updated"),
        ("created_at", "creation_date", "created", "date"),
    ),
    LOG_GROUP: (("log_group", "actual_log_group", "loggroup"),),
    ANNOTATOR: (
        ("annotator", "annotator_id", "annotator_name"),
        ("worker_id", "workerid", "completed_by", "labeler", "labeller", "annotated_by", "username", "user"),
    ),
    STATUS: (("assignment_status",), ("answer",), ("was_cancelled",)),
}
"""What a column is → its names, the surest first. The first group of names that is there counts."""
LIKE_DATA = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|[\d.,]+|\d{4}-\d\d-\d\d.*")
"""A name that is an id, a number or a time, so that the file has no header."""
PREFIXES = ("input.", "answer.", "meta.", "metadata.", "data.")
"""What tools for labelling write before the names of a person's own columns."""


@dataclass(frozen=True)
class Columns:
    """Which column of the file is what, by its name in the file."""

    used: Mapping[str, str]
    unused: tuple[str, ...]

    def get(self, meaning: str) -> str:
        """Return the column for a meaning, or an empty text."""
        return self.used.get(meaning, "")

    @property
    def answers(self) -> dict[str, str]:
        """The columns that say what is right."""
        return {meaning: self.used[meaning] for meaning in ANSWERS if meaning in self.used}


def normal(name: str) -> str:
    """Return a column's name as it is compared: `Input.PredictionId` is `prediction_id`."""
    text = name.strip().lstrip("@")
    for prefix in PREFIXES:
        if text.lower().startswith(prefix):
            text = text[len(prefix) :]
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text)
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def find_columns(path: Path, names: Sequence[str], chosen: Mapping[str, str]) -> Columns:
    """Return which column is what. `chosen` holds what a person said with `--column`.

    Raises UserError if the ids or the answers are not found, or if two columns have one meaning.
    """
    used: dict[str, str] = {}
    for meaning, column in chosen.items():
        if column and column not in names:
            raise UserError(f"{path} has no column `{column}`. {_list(names)}")
        used[meaning] = column
    free = [name for name in names if name not in used.values()]
    for meaning, groups in NAMES.items():
        if meaning not in used and not (meaning in ANSWERS and set(chosen) & set(ANSWERS)):
            found = _first(path, meaning, groups, free)
            if found:
                used[meaning] = found
                free.remove(found)
    used = {meaning: column for meaning, column in used.items() if column}
    if ID not in used or not set(ANSWERS) & used.keys():
        raise UserError(_explain_missing(path, names, used))
    return Columns(used, tuple(name for name in free if name.strip()))


def _first(path: Path, meaning: str, groups: Iterable[tuple[str, ...]], names: Sequence[str]) -> str | None:
    for group in groups:
        found = [name for name in names if normal(name) in group]
        # MTurk's form for texts names its answers `Answer.sentiment.label`.
        found = found or [name for name in names if meaning == LABEL and re.fullmatch(r"Answer\.\w+\.label", name)]
        if len(found) > 1:
            raise UserError(
                f"{path} has several columns that may be the {meaning}: {', '.join(found)}. "
                f"Name one: --column {meaning}={shlex.quote(found[0])}"
            )
        if found:
            return found[0]
    return None


def _explain_missing(path: Path, names: Sequence[str], used: Mapping[str, str]) -> str:
    missing = ID if ID not in used else LABEL
    wanted = "`prediction_id`, and `label`, `labels` or `value`"
    if not names:
        return f"{path} needs a header with {wanted}. It is empty."
    known = {normal(name) for name in names}
    if any(name.startswith("event_metadata") or name.startswith("ground_truth_data") for name in known):
        return (
            f"{path} holds ground truth of SageMaker Model Monitor (`groundTruthData`, `eventMetadata`), which is not "
            f"read. Write lines with the keys {wanted}. The id of the prediction is usually `eventMetadata.eventId`:\n"
            f"jq -c '{{prediction_id: .eventMetadata.eventId, label: .groundTruthData.data}}' {shlex.quote(str(path))} "
            "> actuals.jsonl"
        )
    if {"annotations", "data"} & known and "annotations" in known:
        return f"{path} is Label Studio's full export, which is not read. Export the project as CSV or JSON-MIN."
    if "task_answers" in known or any(name.endswith("task_answers") for name in known):
        return (
            f"{path} has its answers in MTurk's `Answer.taskAnswers`, which is not read. "
            "Write them into a column `label`."
        )
    if "data" in known and known & {"columns", "schema"}:
        return (
            f"{path} holds columns instead of rows, as pandas writes them by `orient`. Write the rows: "
            'to_json("actuals.jsonl", orient="records", lines=True)'
        )
    if {"images", "categories", "items"} & known and len(known & {"annotations", "categories", "items", "images"}) > 1:
        return f"{path} holds annotations of images (COCO or CVAT), which are not read. It needs {wanted}."
    if any(LIKE_DATA.fullmatch(name) for name in names):
        return f"{path} needs a header with {wanted}. Where the names should be, it has: {', '.join(names)}."
    free = [name for name in names if name and name not in used.values() and not is_known(name)]
    example = shlex.quote(free[0]) if len(free) == 1 or (free and missing == ID) else "NAME"
    return (
        f"{path} needs a header with {wanted}. {_list(names)} If another column holds it, say which: "
        f"--column {missing}={example}"
    )


def is_known(name: str) -> bool:
    """Return whether a column has a name that is known."""
    return any(normal(name) in group for groups in NAMES.values() for group in groups)


def _list(names: Sequence[str]) -> str:
    return f"Its columns are: {', '.join(names)}."
