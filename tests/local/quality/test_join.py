"""The join against a real OpenSearch: any order, any number of times, and whatever is wrong is said."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from opensearchpy import OpenSearch

from contracts.actuals import INDEX
from monitors.quality.config import Config
from tests.local.quality.parts import DAY, GROUP, HOUR, NOW, predict, run_join, states, stored, tell

UUID7 = "0189{:08x}-7000-8000-000000000000"


def test_what_is_known_of_the_prediction_is_copied_onto_its_actual(search: OpenSearch, config: Config) -> None:
    prediction = {"prediction_id": "p1", "model": {"name": "m", "version": "7"}, "text": "Hello", "lang": "de"}
    predict(search, [{**prediction, "customer": {"country": "NL", "name": "secret"}}])
    tell(search, "p1", {"label": "b"})

    assert run_join(search, config) == {"joined": 1}

    found = stored(search, "p1")
    assert found.pop("joined") == found.pop("@timestamp")[:19] + ".000Z"
    assert found == {
        "prediction_id": "p1",
        "source": "/aws/lambda/labelling",
        "state": "joined",
        "task": "classification",
        "actual": {"label": "b"},
        "prediction": {"label": "a", "score": 0.9},
        "predicted": (NOW - HOUR).isoformat(timespec="milliseconds"),
        "@log_group": GROUP,
        "model": {"name": "m", "version": "7"},
        "segments": ["customer.country=NL"],
        "correct": 0,
        "confidence": {"value": 0.9, "bin": 8, "squared_gap": 0.81},
        "text": "Hello",
    }


def test_the_text_is_kept_of_wrong_predictions_alone(search: OpenSearch, config: Config) -> None:
    predict(search, [{"prediction_id": "right", "text": "x"}, {"prediction_id": "wrong", "text": "y" * 2000}])
    tell(search, "right", {"label": "a"})
    tell(search, "wrong", {"label": "b"})

    run_join(search, config)

    assert "text" not in stored(search, "right")
    assert stored(search, "wrong")["text"] == "y" * 499 + "…"


def test_a_prediction_without_a_logged_id_is_found_by_its_own(search: OpenSearch, config: Config) -> None:
    predict(search, [{"_id": "event-1"}, {"_id": "event-1-2"}, {"_id": "event-2", "prediction_id": "own"}])
    for id in ("event-1", "event-1-2", "event-2"):
        tell(search, id, {"label": "a"})

    run_join(search, config)

    assert [stored(search, id)["state"] for id in ("event-1", "event-1-2")] == ["joined", "joined"]
    assert stored(search, "event-2")["state"] == "unknown"  # it has another id


@pytest.mark.parametrize("age", [timedelta(minutes=1), DAY, 40 * DAY])
def test_it_is_found_in_every_day_that_is_kept(search: OpenSearch, config: Config, age: timedelta) -> None:
    predict(search, [{"prediction_id": "p1", "at": NOW - age}])
    tell(search, "p1", {"label": "a"})

    assert run_join(search, config) == {"joined": 1}


def test_an_actual_that_comes_first_waits_and_is_joined_later(search: OpenSearch, config: Config) -> None:
    tell(search, "p1", {"label": "a"})
    assert run_join(search, config) == {"unknown": 1}
    assert stored(search, "p1")["reason"] == "not_found"
    predict(search, [{"prediction_id": "p1"}])

    too_early, later = run_join(search, config), run_join(search, config, now=NOW + HOUR)

    assert (too_early, later) == ({}, {"joined": 1})
    assert "reason" not in stored(search, "p1")


def test_it_is_looked_for_less_and_less_often_and_in_the_end_no_more(search: OpenSearch, config: Config) -> None:
    tell(search, "p1", {"label": "a"})

    looks = [NOW]
    while run_join(search, config, now=looks[-1]):
        search.indices.refresh(index=INDEX)
        if "next_look" not in stored(search, "p1"):
            break
        looks.append(datetime.fromisoformat(stored(search, "p1")["next_look"]))

    assert [(later - earlier) / HOUR for earlier, later in pairwise(looks)][:7] == [1, 2, 4, 8, 16, 24, 24]
    assert 30 * DAY <= looks[-1] - looks[0] <= 31 * DAY
    assert run_join(search, config, now=NOW + 400 * DAY) == {}
    assert states(search) == {"unknown": 1}


def test_a_newer_actual_corrects_and_an_older_one_changes_nothing(search: OpenSearch, config: Config) -> None:
    predict(search, [{"prediction_id": "p1"}])
    tell(search, "p1", {"label": "b"}, NOW)
    run_join(search, config)

    older = tell(search, "p1", {"label": "c"}, NOW - HOUR)
    assert (older, run_join(search, config), stored(search, "p1")["correct"]) == (409, {}, 0)
    newer = tell(search, "p1", {"label": "a"}, NOW + HOUR)

    assert (newer, run_join(search, config), stored(search, "p1")["correct"]) == (200, {"joined": 1}, 1)
    assert states(search) == {"joined": 1}


def test_a_replay_changes_nothing(search: OpenSearch, config: Config) -> None:
    predict(search, [{"prediction_id": "p1"}])
    tell(search, "p1", {"label": "b"})
    run_join(search, config)
    before = stored(search, "p1")

    assert tell(search, "p1", {"label": "b"}) == 409
    assert run_join(search, config) == {}
    assert stored(search, "p1") == before


def test_of_two_actuals_of_one_time_the_same_one_counts_in_any_order(search: OpenSearch, config: Config) -> None:
    kept = []
    for first, second in (("b", "c"), ("c", "b")):
        id = f"p {first}"
        statuses = tell(search, id, {"label": first}), tell(search, id, {"label": second})
        assert statuses in ((201, 409), (201, 200))
        kept.append(stored(search, id)["actual"]["label"])

    assert len(set(kept)) == 1


@pytest.mark.parametrize(
    ("prediction", "actual", "reason"),
    [
        ({"shipper": {"failed": True}, "prediction": None}, {"label": "a"}, "prediction_failed"),
        ({}, {"value": 3.5}, "other_kind"),
        ({"prediction": {"score": 0.7}}, {"label": "a"}, "prediction_without_answer"),
        ({"prediction": [{"label": "a"}, {"label": "b"}]}, {"label": "a"}, "prediction_without_answer"),
    ],
)
def test_an_actual_that_cannot_be_used_says_why(
    search: OpenSearch, config: Config, prediction: dict[str, Any], actual: dict[str, Any], reason: str
) -> None:
    predict(search, [{"prediction_id": "p1", **prediction}])
    tell(search, "p1", actual)

    run_join(search, config)

    found = stored(search, "p1")
    assert (found["state"], found.get("reason")) == ("refused", reason)


def test_an_id_that_two_log_groups_have_needs_the_name_of_one(search: OpenSearch, config: Config) -> None:
    predict(search, [{"prediction_id": "1", "@log_group": group} for group in ("/a", "/b")])
    tell(search, "1", {"label": "a"})
    tell(search, "1", {"label": "a"}, log_group="/b")
    tell(search, "1", {"label": "a"}, log_group="/c")

    run_join(search, config)

    assert stored(search, "1")["reason"] == "ambiguous"
    assert stored(search, "1", "/b")["@log_group"] == "/b"
    assert stored(search, "1", "/c")["state"] == "unknown"


@pytest.mark.parametrize("named_first", [True, False])
@pytest.mark.parametrize("between", [True, False])
def test_one_prediction_counts_once_although_two_actuals_name_it_differently(
    search: OpenSearch, config: Config, named_first: bool, between: bool
) -> None:
    predict(search, [{"prediction_id": "p1"}])
    for number, log_group in enumerate((GROUP, "") if named_first else ("", GROUP)):
        tell(search, "p1", {"label": "ab"[number]}, NOW + number * HOUR, log_group)
        if between:
            run_join(search, config)
    run_join(search, config)

    assert states(search) == {"joined": 1, "superseded": 1}
    newer = stored(search, "p1", "" if named_first else GROUP)
    assert (newer["state"], newer["actual"]) == ("joined", {"label": "b"})


@pytest.mark.parametrize(
    ("id", "told"),
    [
        (UUID7.format(0), NOW),  # a UUID that holds its time: August 2023
        ("31953106606966983378809025079804211143289615424298221568", NOW),  # a log event of 2015
        ("any", NOW - 5 * DAY),  # told before the oldest prediction that is kept
    ],
)
def test_where_the_day_of_the_prediction_was_deleted_it_says_so(
    search: OpenSearch, config: Config, id: str, told: Any
) -> None:
    predict(search, [{"prediction_id": "another", "at": NOW - DAY}])
    tell(search, id, {"label": "a"}, told)

    run_join(search, config)

    assert (stored(search, id)["state"], stored(search, id)["reason"]) == ("unknown", "prediction_deleted")


def test_an_actual_stays_joined_when_the_day_of_its_prediction_is_deleted(search: OpenSearch, config: Config) -> None:
    predict(search, [{"prediction_id": "p1"}])
    tell(search, "p1", {"label": "a"})
    run_join(search, config)

    search.indices.delete(index="cwl-*")
    run_join(search, config, now=NOW + DAY)

    assert states(search) == {"joined": 1}


def test_without_any_prediction_or_actual_there_is_nothing_to_do(search: OpenSearch, config: Config) -> None:
    assert run_join(search, config) == {}


def test_ids_of_any_kind_are_found(search: OpenSearch, config: Config) -> None:
    ids = ['"quoted"', "ünï çødé", "a" * 256, "../..", "1", "1.0", " "]
    predict(search, [{"prediction_id": id} for id in ids])
    for id in ids:
        tell(search, id, {"label": "a"})

    assert run_join(search, config) == {"joined": len(ids)}
