"""The fast path and the other one write the same documents, for any lines."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambda_shipper.domain.indices import Indices
from tests.shipping import log_events
from tests.written import written, written_of

LABELS = st.sampled_from(["spam", "ham", "1", "1.0", "True", "NaN", "", "x" * 300]) | st.integers(0, 2) | st.booleans()
SCORES = st.floats(0, 1) | st.sampled_from([0, 1, 0.5, None, "0.5", 2.0, -1.0, True])
PAIRS = st.fixed_dictionaries({"label": LABELS, "score": SCORES})
MAPS = st.builds(
    lambda share, more: {"spam": share, "ham": 1 - share, **more},
    st.floats(0, 1),
    st.dictionaries(st.sampled_from(["power", "compound", "label", "value", "0"]), SCORES, max_size=2),
)
PREDICTIONS = st.one_of(PAIRS, MAPS, st.dictionaries(st.sampled_from(["0", "1", "a"]), SCORES), SCORES, LABELS)
BESIDE = st.fixed_dictionaries(
    {},
    optional={
        "text": st.sampled_from(["Hi.", " two  words ", "", "sha256:" + "a" * 64, None, 5, {"a": 1}]),
        "model": st.sampled_from([None, "m", {"name": "m"}, {"name": "m", "version": "2"}, {"name": "m", "of": 1}, {}]),
        "request_id": st.sampled_from(["r-1", "r-2", 7, None]),
        "prediction_id": st.sampled_from(["p-1", "p-2", "", 7, "x" * 300, None]),
        "latency_ms": st.sampled_from([3.5, 3, None]),
        "message": st.sampled_from(["predicted", "cache written"]),
        "level": st.just("INFO"),
        "score": SCORES,
        "actual": st.sampled_from(["spam", None, {"label": "ham"}]),
        "region": st.sampled_from(["north", 5, None]),
        "@id": st.just("mine"),
        "shipper": st.just({"a": 1}),
    },
)
LINES = st.builds(lambda prediction, beside: {"prediction": prediction, **beside}, PREDICTIONS, BESIDE)


def documents(lines: list[dict[str, Any]], indices: Indices, *, before: str = "") -> list[str]:
    made, _ = written_of(log_events([before + json.dumps(each) for each in lines]), indices=indices)
    for each in made:
        if "@message" in each.document:
            each.document["@message"] = each.document["@message"].removeprefix(before)
    return sorted(json.dumps([each.target, each.document, each.traits], sort_keys=True) for each in made)


@given(st.lists(LINES, max_size=6))
def test_the_fast_path_writes_what_the_other_one_does(lines: list[dict[str, Any]]) -> None:
    """A space before the object keeps a line off the fast path. The first run learns labels, classes and fields.

    A key has values only: an object under one the fast path leaves to the domain to refuse (`delivery.refusals`).
    """
    indices = Indices()
    documents(lines, indices)

    fast, other = documents(lines, indices), documents(lines, indices, before=" ")

    assert fast == other


@pytest.mark.parametrize(
    ("prediction", "trait"),
    [
        ([0.1, 0.9], "lists_as_classes"),
        ([1, 0], "lists_as_values"),
        (["a", "b"], "lists_as_labels"),
        ([], "lists_as_labels"),
        ({"a": 0.9, "b": 0.8}, "maps_as_scores"),
    ],
)
def test_how_a_list_was_read_is_counted(prediction: Any, trait: str) -> None:
    [made] = written([json.dumps({"prediction": prediction})])
    [told] = written([json.dumps({"prediction": prediction})], list_means=("labels",))

    assert trait in made.traits
    assert trait not in told.traits
