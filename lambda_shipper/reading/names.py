"""The names under which libraries, servers and people log a label, a score, a value: one table, with its sources.

Letter case and the signs between words do not matter: `className`, `ClassName` and `class_name` are one name. The names
that the index has, `label`, `score`, `value`, `labels` and `scores`, always win over others. `docs/attach.md` shows the
table, and a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple


def words(text: str) -> frozenset[str]:
    """Return the words of a text, for names that would take a line each."""
    return frozenset(text.split())


LABEL, SCORE, VALUE, LABELS, SCORES, ANSWER = "label", "score", "value", "labels", "scores", "answer"
"""What a name can mean. An answer is a label or a value, which its own kind and the keys beside it decide."""
OWN = (LABEL, SCORE, VALUE, LABELS, SCORES)


class Name(NamedTuple):
    """A name, what it means, and who uses it."""

    name: str
    meaning: str
    source: str


NAMES = (
    Name("label", LABEL, "the log line of this project, Hugging Face, fastText, natural"),
    Name("class", LABEL, "own dictionaries, Google AutoML"),
    Name("class_name", LABEL, "DJL and MobileNet (`className`)"),
    Name("category", LABEL, "OpenNLP, Azure (`category`)"),
    Name("intent", LABEL, "node-nlp, Rasa"),
    Name("sentiment", LABEL, "Amazon Comprehend, Azure"),
    Name("predicted_label", LABEL, "SageMaker, ML.NET (`PredictedLabel`), BigQuery ML"),
    Name("predicted_class", LABEL, "own dictionaries"),
    Name("prediction_label", LABEL, "PyCaret"),
    Name("output_label", LABEL, "skl2onnx"),
    Name("scored_labels", LABEL, "Azure Machine Learning"),
    Name("prediction", ANSWER, "Spark ML, BentoML"),
    Name("predict", ANSWER, "H2O"),
    Name("predicted", ANSWER, "InterpretML, own dictionaries"),
    Name("pred", ANSWER, "own dictionaries"),
    Name("y_pred", ANSWER, "own dictionaries"),
    Name("output", ANSWER, "Replicate, own dictionaries"),
    Name("score", SCORE, "the log line of this project, Hugging Face, node-nlp"),
    Name("probability", SCORE, "DJL, Spark ML, MobileNet, ML.NET"),
    Name("proba", SCORE, "own dictionaries, after scikit-learn's `predict_proba`"),
    Name("prob", SCORE, "BigQuery ML"),
    Name("confidence", SCORE, "Rasa, Google, Amazon Rekognition"),
    Name("confidence_score", SCORE, "Azure (`confidenceScore`)"),
    Name("prediction_score", SCORE, "PyCaret"),
    Name("predicted_score", SCORE, "InterpretML"),
    Name("scored_probabilities", SCORE, "Azure Machine Learning"),
    Name("value", VALUE, "the log line of this project"),
    Name("yhat", VALUE, "Prophet"),
    Name("predicted_mean", VALUE, "statsmodels"),
    Name("predicted_value", VALUE, "own dictionaries"),
    Name("forecast", VALUE, "own dictionaries"),
    Name("mean", VALUE, "statsmodels, GluonTS"),
    Name("loc", VALUE, "NGBoost"),
    Name("polarity", VALUE, "TextBlob"),
    Name("labels", LABELS, "the log line of this project"),
    Name("classes", LABELS, "Vertex AI, TensorFlow Serving"),
    Name("class_names", LABELS, "own dictionaries"),
    Name("categories", LABELS, "own dictionaries"),
    Name("display_names", LABELS, "Vertex AI (`displayNames`)"),
    Name("scores", SCORES, "the log line of this project, Vertex AI"),
    Name("probabilities", SCORES, "skl2onnx, own dictionaries"),
    Name("probas", SCORES, "own dictionaries"),
    Name("predict_proba", SCORES, "MLServer"),
    Name("confidences", SCORES, "Vertex AI"),
    Name("confidence_scores", SCORES, "Azure (`confidenceScores`)"),
    Name("category_scores", SCORES, "OpenAI's moderation"),
    Name("sentiment_score", SCORES, "Amazon Comprehend"),
    Name("output_probability", SCORES, "skl2onnx"),
    Name("cats", SCORES, "spaCy"),
)
NOT_CLASSES = frozenset(
    ["compound", "subjectivity", "scale", "id", "threshold", "margin", "entropy", "loss", "latency", "latencyms"]
)
"""Keys beside the classes of a map that are no class themselves: of VADER, TextBlob, NGBoost, and what people add."""
OF_LOGGERS = frozenset(
    ["message", "msg", "event", "level", "levelname", "severity", "logger", "logger_name", "@version"]
)
"""Keys that a logger's line has, and the plain line of this project has not."""
FOLD = str.maketrans(dict.fromkeys("_- ."))


@lru_cache(maxsize=4096)
def folded(name: str) -> str:
    """Return a name without its letter case and the signs between its words."""
    return name.translate(FOLD).lower()


MEANINGS = {folded(each.name): (rank, each.meaning) for rank, each in enumerate(NAMES)}
"""What a folded name means, and its rank: of two names with one meaning the earlier one in the table counts."""


class Meanings:
    """The table, with the names that a user's settings add. Those come before the table's."""

    def __init__(self, label_fields: Iterable[str] = (), score_fields: Iterable[str] = ()) -> None:
        self._own = {folded(name): (-1, LABEL) for name in label_fields}
        self._own |= {folded(name): (-1, SCORE) for name in score_fields}

    def of(self, name: str) -> str | None:
        """Return what a name means, or None."""
        found = self._rank(name)
        return found[1] if found else None

    def _rank(self, name: str) -> tuple[int, str] | None:
        key = folded(name) if len(name) <= 64 else name
        return (self._own.get(key) if self._own else None) or MEANINGS.get(key)

    def keys_in(self, value: dict[str, Any]) -> dict[str, str]:
        """Return the key for each meaning that an object's keys have; a key that holds nothing only where no other."""
        ranked: dict[str, tuple[tuple[bool, bool, int], str]] = {}
        for key, item in value.items():
            found = self._rank(key)
            if found is None:
                continue
            rank, meaning = found
            order = (item is None, key != meaning, rank)
            if meaning not in ranked or order < ranked[meaning][0]:
                ranked[meaning] = (order, key)
        return {meaning: key for meaning, (_, key) in ranked.items()}


NO_SETTINGS = Meanings()
