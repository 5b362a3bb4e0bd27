"""More lines that real libraries printed, beside those of `tests/lines`."""

import json
from typing import Any

import pytest

from lambda_shipper.checking import check

PLUMBING = {"label": "plumbing", "score": 0.91}
SAID = '{"prediction":{"label":"plumbing","score":0.91},"text":"the tap drips"}'


def read(line: Any) -> Any:
    text = line if isinstance(line, str) else json.dumps(line)
    [made] = check(text)
    return made.document["shipper"]["kept_raw"]["reason"] if made.is_raw else made.document["prediction"]


@pytest.mark.parametrize(
    "line",
    [
        f"\x1b[2m2026-12-01T04:14:08.97Z\x1b[0m \x1b[32m INFO\x1b[0m \x1b[2mdesk:\x1b[0m {SAID}",  # tracing
        f"\x1b[36mINFO\x1b[0m[0000] {SAID} ",  # logrus
        f"\x1b[32m[2026-12-01T04:17:35.921] [INFO] desk - \x1b[39m{SAID}",  # log4js
        f"[2026-12-01T04:17:35.921] [INFO] desk - predicted {SAID}",
        f"[\x1b[32m\x1b[1minfo     \x1b[0m] \x1b[1m{SAID}\x1b[0m",  # structlog
        "\x1b[90m4:11AM\x1b[0m \x1b[32mINF\x1b[0m \x1b[1mpredicted\x1b[0m "
        '\x1b[36mprediction=\x1b[0m{"label":"plumbing","score":0.91} \x1b[36mtext=\x1b[0m"the tap drips"',  # zerolog
        f'time="2026-12-01T04:11:58Z" level=info msg={json.dumps(SAID)}',  # logrus
        f"ts=2026-12-01T04:14:08.97Z level=info target=desk message={json.dumps(SAID)}",  # tracing-logfmt
        {"level": "INFO", "message": "predicted", "extra": SAID},  # Powertools for TypeScript
    ],
)
def test_colours_and_logfmt_around_a_json_line_hide_nothing(line: Any) -> None:
    assert read(line) == PLUMBING


@pytest.mark.parametrize(
    "line",
    [
        "\x1b[36mINFO\x1b[0m[0000] predicted   \x1b[36mprediction\x1b[0m=plumbing \x1b[36mscore\x1b[0m=0.91",
        '\x1b[32m INFO\x1b[0m desk: predicted \x1b[3mprediction.label\x1b[0m\x1b[2m=\x1b[0m"plumbing"',
        'time="2026-12-01T04:11:58Z" level=info msg=predicted prediction="{plumbing 0.91}" text="the tap drips"',
        {"level": "INFO", "message": "prediction: {}", "arguments": ["P[label=plumbing, score=0.91]"]},  # Logback
        {"level": "INFO", "message": "prediction {}", "arguments": ["{label=plumbing, score=0.91}"]},
    ],
)
def test_what_is_no_json_is_kept_raw_in_colours_and_behind_a_placeholder(line: Any) -> None:
    assert read(line) == "not_json"


@pytest.mark.parametrize(
    "text",
    [
        "{plumbing 0.91}",  # Go's %v
        "[plumbing=0.91, power=0.09]",  # Java's entries
        "(plumbing,0.9957204653896224)",  # Tribuo's Label
        "Prediction(maxLabel=(plumbing,0.9957),outputScores={power=(power,0.0043)})",  # Tribuo
        "plumbing[0.9559]  power[0.0441]",  # OpenNLP's getAllResults
        "[D@419a20a6",
        "[Ljava.lang.String;@1b28cdfa",
        "Optional[plumbing]",
        'Some("plumbing")',
        "[2.5], shape=[1], strides=[1], layout=CFcf (0xf), const ndim=1",  # Rust's ndarray
        "Tensor\n     [[0.91, 0.09],]",  # TensorFlow.js
        "<tf.RaggedTensor [[0.91, 0.09]]>",
        "2027-09    19.0\nFreq: M, dtype: float64",  # sktime
        "handler.<locals>.D(label='plumbing', score=0.91)",
    ],
)
def test_more_printed_objects_are_no_labels(text: str) -> None:
    assert read({"prediction": text}) == "not_json"
    assert read({"prediction": {"label": text, "score": 0.91}}) == "not_json"
    assert read({"prediction": [text, text]}) == "not_json"


@pytest.mark.parametrize(
    ("prediction", "answer"),
    [
        ({"0.09": ["power"], "0.91": ["plumbing"]}, PLUMBING),  # OpenNLP's sortedScoreMap
        (
            {"plumbing": {"label": "plumbing", "score": 0.91}, "power": {"label": "power", "score": 0.09}},
            PLUMBING,
        ),  # Tribuo
        (
            {"example": {"output": {"label": "?"}}, "output": {"label": "plumbing", "score": 0.91}, "exampleSize": 1},
            PLUMBING,
        ),
        ({"values": [[0.91, 0.09]], "indices": [[3, 1]]}, {"label": "3", "score": 0.91}),  # topk of two
        ({"values": [[0.91]], "indices": [[3]]}, {"label": "3", "score": 0.91}),
        ({"plumbing": 91.0, "power": 9.0}, PLUMBING),  # percent
        ({"plumbing": "91%", "power": "9%"}, PLUMBING),
        ({"label": "plumbing", "score": "91.0%"}, PLUMBING),
        ("b'plumbing'", {"label": "plumbing"}),  # TensorFlow's text in Python
        ({"predicted": "plumbing", "predicted_score": 0.91}, PLUMBING),  # InterpretML
        ({"polarity": 0.4, "subjectivity": 0.6}, {"value": 0.4}),  # TextBlob
        ({"loc": [0.5], "scale": [0.3]}, {"value": 0.5}),  # NGBoost
        ([{"name": "person", "class": 0, "confidence": 0.9, "box": {"x1": 1}}], {"labels": ["person"]}),  # YOLO
        ({"name": "person", "class": 0, "confidence": 0.9}, {"label": "person", "score": 0.9}),
        ({"hate": False, "violence": True}, {"labels": ["violence"]}),
        ({"classes": {"plumbing": 0.91, "power": 0.09}}, PLUMBING),
        ({"label": {"id": 3, "name": "plumbing"}, "score": 0.91}, PLUMBING),
        ({"classification": PLUMBING, "time_ms": 3}, PLUMBING),
        (
            {"flagged": True, "categories": {"a": False, "b": True}, "category_scores": {"a": 0.1, "b": 0.9}},
            {"labels": ["b"]},
        ),  # OpenAI's moderation
    ],
)
def test_more_shapes_are_read_as_what_they_mean(prediction: Any, answer: dict[str, Any]) -> None:
    assert read({"prediction": prediction}).items() >= answer.items()


def test_weights_of_an_object_are_no_classes() -> None:
    """Weka's NominalPrediction, as Gson writes it: the numbers are 1 together."""
    said = {"m_Distribution": [1.0, 0.0], "m_Actual": 0.0, "m_Predicted": 0.0, "m_Weight": 1.0}

    assert "label" not in read({"prediction": said})


@pytest.mark.parametrize("scores", [[None, 0.9, 0.1], [0.0, None]])
def test_scores_with_gaps_are_not_those_of_other_classes(scores: list[Any]) -> None:
    assert read({"prediction": scores}) == "unknown_shape"


@pytest.mark.parametrize(
    "line",
    [
        {"prediction": {"label": 0, "scores": [0.46, 0.54]}},
        {"prediction": 0, "probabilities": [0.46, 0.54]},
        {"prediction": {"predict": 0, "p0": 0.46, "p1": 0.54}},
    ],
)
def test_a_label_wins_over_the_largest_probability(line: Any) -> None:
    """PyOD's `predict` and `predict_proba` often differ."""
    assert read(line).items() >= {"label": "0", "score": 0.46}.items()
