"""What the tests of quality share: rows of predictions with their truth, and their counts by plain counting."""

import random
from collections import Counter
from typing import Any

from monitors.quality.correctness import Fields, compare
from monitors.quality.measures import CONFIDENCE_BINS, ConfidenceBin, Confusion, Errors, LabelQuality

TOLERANCE = 0.1
Row = tuple[dict[str, Any], dict[str, Any]]
"""(actual, prediction), as they are logged."""


def compared(rows: list[Row]) -> list[Fields]:
    return [compare(actual, prediction, TOLERANCE) for actual, prediction in rows]


def confusion(rows: list[Row]) -> Confusion:
    return Counter((actual["label"], prediction["label"]) for actual, prediction in rows)


def bins(fields: list[Fields]) -> list[ConfidenceBin]:
    of_bin: list[list[Fields]] = [[] for _ in range(CONFIDENCE_BINS)]
    for each in fields:
        of_bin[each["confidence"]["bin"]].append(each)
    return [
        ConfidenceBin(
            number,
            len(found),
            sum(each["confidence"]["value"] for each in found),
            sum(each["correct"] for each in found),
        )
        for number, found in enumerate(of_bin)
    ]


def errors(fields: list[Fields]) -> Errors:
    found = [each["error"] for each in fields]
    return Errors(
        rows=len(found),
        absolute_sum=sum(each["absolute"] for each in found),
        absolute_squares=sum(each["absolute"] ** 2 for each in found),
        squared_sum=sum(each["squared"] for each in found),
        signed_sum=sum(each["signed"] for each in found),
        within=sum(each["within"] for each in found),
    )


def label_counts(fields: list[Fields], rows: list[Row]) -> list[LabelQuality]:
    support = Counter(label for each in fields for label in each["actual"]["labels"])
    predicted = Counter(label for _, prediction in rows for label in set(prediction["labels"]))
    correct = Counter(label for each in fields for label in each["matched_labels"])
    return [
        LabelQuality(label, support[label], predicted[label], correct[label])
        for label in sorted(support.keys() | predicted.keys())
    ]


def classified(number: int, labels: list[str], accuracy: float, seed: int) -> list[Row]:
    """Rows of a classifier that is right in so many cases, the labels unevenly frequent, one never predicted."""
    generator = random.Random(seed)
    weights = [2.0**-position for position in range(len(labels))]
    rows: list[Row] = []
    for _ in range(number):
        (actual,) = generator.choices(labels, weights)
        said = actual if generator.random() < accuracy else generator.choice(labels[:-1] or labels)
        score = generator.choice([generator.random(), round(generator.random(), 1), 1.0])
        rows.append(({"label": actual}, {"label": said, "score": score}))
    return rows


def measured(number: int, outputs: int, seed: int) -> list[Row]:
    """Rows of a regression with errors of all sizes; a tenth is exactly right."""
    generator = random.Random(seed)
    rows: list[Row] = []
    for _ in range(number):
        true = [generator.lognormvariate(3, 1) for _ in range(outputs)]
        said = [each + (generator.gauss(0.5, each / 4) if generator.random() < 0.9 else 0) for each in true]
        actual, prediction = (true, said) if outputs > 1 else (true[0], said[0])
        rows.append(({"value": actual}, {"value": prediction}))
    return rows


def tagged(number: int, labels: list[str], seed: int) -> list[Row]:
    """Rows of a model with several labels at once; some have none."""
    generator = random.Random(seed)
    rows: list[Row] = []
    for _ in range(number):
        true = [label for label in labels if generator.random() < 0.3]
        said = [label for label in labels if generator.random() < (0.8 if label in true else 0.1)]
        rows.append(({"labels": true}, {"labels": said}))
    return rows
