"""An id that names several predictions: of one model, or of a champion and its challenger."""

from datetime import datetime

import pytest
from opensearchpy import OpenSearch

from contracts.actuals import INDEX
from monitors.quality.choosing import Which
from monitors.quality.config import Config
from monitors.quality.joining import Join, decide, waiting
from monitors.quality.keeping import count_states
from monitors.quality.writing import write
from tests.local.quality.parts import GROUP, HOUR, NOW, predict, run_join, stored, tell

TWICE = [
    {"prediction_id": "p1", "at": NOW - HOUR, "prediction": {"label": "newest"}},
    {"prediction_id": "p1", "at": NOW - 3 * HOUR, "prediction": {"label": "first"}},
]


@pytest.mark.parametrize(
    ("told", "which", "right"),
    [
        (NOW, Which.NEWEST, "newest"),
        (NOW - 2 * HOUR, Which.NEWEST, "first"),
        (NOW - 4 * HOUR, Which.NEWEST, "first"),
        (NOW, Which.OLDEST, "first"),
    ],
)
def test_an_id_that_names_several_predictions_is_joined_to_the_newest_before_the_truth(
    search: OpenSearch, config: Config, told: datetime, which: Which, right: str
) -> None:
    predict(search, TWICE)
    tell(search, "p1", {"label": right}, told)

    assert write(search, decide(Join.begin(search, config, NOW, which), waiting(search, NOW))) == {"joined": 1}

    found = stored(search, "p1")
    assert (found["correct"], found["prediction"], found["named_predictions"]) == (1, {"label": right}, 2)
    search.indices.refresh(index=INDEX)
    assert count_states(search)["several_predictions"] == 1


def test_an_id_that_names_several_predictions_is_refused_where_a_person_says_so(
    search: OpenSearch, config: Config
) -> None:
    predict(search, TWICE)
    tell(search, "p1", {"label": "first"})

    write(search, decide(Join.begin(search, config, NOW, Which.REFUSE), waiting(search, NOW)))

    assert stored(search, "p1")["reason"] == "several_predictions"


CHAMPION = {"prediction": {"label": "a"}, "model": {"name": "m", "version": "1"}}
CHALLENGER = {"prediction": {"label": "b"}, "model": {"name": "m", "version": "2"}}
UUID4 = "5b0f9a3e-6a53-4b1e-9c5e-0d8f6c0b7a11"


@pytest.mark.parametrize(("id", "other_group"), [("p1", GROUP), (UUID4, "/aws/lambda/challenger")])
def test_one_id_of_champion_and_challenger_gives_both_the_truth(
    search: OpenSearch, config: Config, id: str, other_group: str
) -> None:
    predict(search, [{"prediction_id": id, **CHAMPION}, {"prediction_id": id, **CHALLENGER, "@log_group": other_group}])
    for number, right in enumerate("ab"):  # and then its correction
        tell(search, id, {"label": right}, NOW + number * HOUR)
        assert run_join(search, config) == {"joined": 2}
        search.indices.refresh(index=INDEX)
        hits = search.search(index=INDEX, body={"sort": ["model.version"]})["hits"]["hits"]
        found = [(hit["_source"]["model"]["version"], hit["_source"]["correct"]) for hit in hits]
        assert found == ([("1", 1), ("2", 0)] if right == "a" else [("1", 0), ("2", 1)])
    assert "several_predictions" not in count_states(search)


def test_a_single_label_is_a_set_of_one_where_the_model_gives_several(search: OpenSearch, config: Config) -> None:
    predict(search, [{"prediction_id": "p1"}, {"prediction_id": "p2", "prediction": {"labels": ["a", "b"]}}])
    tell(search, "p1", {"labels": ["a", "b"]})

    assert run_join(search, config) == {"joined": 1}
    assert (stored(search, "p1")["task"], stored(search, "p1")["overlap"]) == ("multi-label", 0.5)
