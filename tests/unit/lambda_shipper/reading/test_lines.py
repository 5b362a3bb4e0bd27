"""Lines that real loggers and model libraries print, each with what must come of it.

The lines are in `tests/lines`. Each shape was seen from the library that its name tells; texts and numbers are made up.
"""

from pathlib import Path
from typing import Any

import pytest

from lambda_shipper.checking import check

LINES = Path(__file__).resolve().parents[3] / "lines"
PLUMBING = {"label": "plumbing", "score": 0.91}
TEXT = "the tap drips"


def scores(**by_label: float) -> list[dict[str, Any]]:
    return [{"label": label, "score": score} for label, score in by_label.items()]


def by_position(*numbers: float) -> list[dict[str, Any]]:
    return [{"label": str(position), "score": number} for position, number in enumerate(numbers)]


FLOAT32 = by_position(0.9100000262260437, 0.09000000357627869)
OVA = by_position(0.29253704329052355, 0.6607083194714127, 0.02370269676948693)
BAYES = scores(plumbing=1 / 3, power=0.125)
TWO_ROWS = {"label": "plumbing", "score": 0.55, "scores": scores(plumbing=0.55, power=0.45)}
H2O_INTEGERS = {"label": "1", "score": 0.68, "scores": by_position(0.32, 0.68)}
INDEXED: dict[str, dict[str, Any]] = {
    "01-loguru-json-in-message.json": PLUMBING,
    "03-tracing-span-recorded.json": PLUMBING,
    "04-tracing-event-in-span.json": PLUMBING,
    "06-logback-kvplist-plain.json": PLUMBING,
    "07-map-of-class-to-probability.json": {
        "label": "plumbing",
        "score": 0.84,
        "scores": scores(other=0.13, plumbing=0.84, power=0.03),
    },
    "09-float32array-as-object.json": {"label": "0", "score": 0.9100000262260437, "scores": FLOAT32},
    "10-boolean-keys.json": {"label": "true", "score": 0.55, "scores": scores(false=0.45, true=0.55)},
    "12-multilabel-map.json": {"scores": scores(plumbing=0.97, power=0.04, urgent=0.88)},
    "13-go-struct-without-tags.json": PLUMBING,
    "19-sibling-score.json": PLUMBING,
    "21-probability-for-score.json": PLUMBING,
    "22-djl-best.json": PLUMBING,
    "24-natural-label-value.json": {
        "label": "plumbing",
        "score": 0.9827,
        "scores": scores(plumbing=0.9827, power=0.0173),
    },
    "25-natural-bayes-unnormalised.json": {"label": "plumbing", "score": 1 / 3, "scores": BAYES},
    "27-ova-sums-above-one.json": {"label": "1", "score": 0.6607083194714127, "scores": OVA},
    "28-multilabel-indicator.json": {"value": [1, 0, 0]},
    "33-numpy-bool-as-text.json": {"label": "true"},
    "34-numpy-true-and-json-true.json": {"label": "true"},
    "36-score-tensor-text.json": PLUMBING,
    "37-label-na.json": {"label": None, "score": 0.91},
    "39-mlflow-reply.json": PLUMBING,
    "40-mlflow-reply-labels.json": {"label": "plumbing"},
    "42-kserve-v2-labels.json": {"label": "plumbing"},
    "43-kserve-v2-proba.json": {"label": "1", "score": 0.64, "scores": by_position(0.36, 0.64)},
    "45-h2o-row.json": {"label": "plumbing", "score": 0.68, "scores": scores(plumbing=0.68, power=0.32)},
    "46-h2o-row-int.json": H2O_INTEGERS,
    "48-frame-split.json": PLUMBING,
    "51-score-first-pairs.json": {"label": "plumbing", "score": 0.98, "scores": scores(plumbing=0.98, power=0.02)},
    "52-rust-enum.json": PLUMBING,
    "55-display-with-score.json": {"label": "plumbing (0.91)"},
    "57-mdc-on-later-line.json": PLUMBING,
    "58-two-rows-in-lists.json": TWO_ROWS,
    "60-onnx-tensor-object.json": {"label": "0", "score": 0.9100000262260437, "scores": FLOAT32},
}
WITH_MORE = {
    "49-spacy-to-json.json": {"label": "plumbing", "score": 0.92, "scores": scores(plumbing=0.92, power=0.08)},
    "63-statsmodels-frame.json": {"value": 0.54},
    "64-rounded-to-two-digits.json": {"label": "7", "score": 0.21},
}
KEPT_RAW = {
    "15-tracing-plain-dotted.log": "not_json",
    "16-slog-text-group.log": "not_json",
    "18-node-map.log": "not_json",
    "30-pandas-series-as-text.json": "not_json",
    "31-pandas-frame-as-text.json": "not_json",
    "54-json-env-logger.json": "not_json",
    "61-logfmter-dotted.log": "not_json",
}


def only(name: str) -> Any:
    [checked] = check((LINES / name).read_text())
    return checked


def test_every_line_has_its_outcome() -> None:
    assert sorted(each.name for each in LINES.iterdir()) == sorted([*INDEXED, *WITH_MORE, *KEPT_RAW])


@pytest.mark.parametrize("name", INDEXED)
def test_line_is_one_prediction_with_the_names_of_the_index(name: str) -> None:
    checked = only(name)

    assert not checked.is_raw
    assert checked.document["prediction"] == INDEXED[name]


@pytest.mark.parametrize("name", WITH_MORE)
def test_what_a_reply_says_beside_its_answer_stays(name: str) -> None:
    checked = only(name)

    assert checked.document["prediction"].items() >= WITH_MORE[name].items()
    assert checked.document["text"] == TEXT


@pytest.mark.parametrize("name", KEPT_RAW)
def test_line_of_another_notation_is_kept_raw(name: str) -> None:
    checked = only(name)

    assert checked.is_raw
    assert checked.document["shipper"]["kept_raw"]["reason"] == KEPT_RAW[name]


def test_pairs_of_one_line_are_joined() -> None:
    document = only("06-logback-kvplist-plain.json").document

    assert (document["text"], document["model"]) == (TEXT, {"name": "desk"})


def test_what_the_span_says_fills_in_what_the_event_lacks() -> None:
    assert only("03-tracing-span-recorded.json").document["text"] == TEXT
