"""Quality is counted by the novelty of the inputs and by columns that drifted, without a setting."""

from dataclasses import replace

from opensearchpy import OpenSearch

from monitors.quality.breakdown import count_segments
from monitors.quality.config import Config
from monitors.quality.found_segments import find_segments
from tests.local.quality.parts import HOUR, NOW, predict, run_join, stored, tell


def test_accuracy_falls_where_inputs_are_new_or_of_a_column_that_drifted(search: OpenSearch, config: Config) -> None:
    report = {"@timestamp": (NOW - HOUR).isoformat(), "kind": "signal", "signal": "inputs", "severity": 2}
    search.index(
        index="drift-2026.01", body={**report, "columns": {"moved": ["features.age"]}}, params={"refresh": "true"}
    )
    rows = [{"prediction_id": f"n{at}", "novelty": at / 20, "features": {"age": 20 + at}} for at in range(20)]
    predict(search, rows)
    for at in range(20):
        tell(search, f"n{at}", {"label": "a" if at < 15 else "b"})

    found = replace(config, found_segments=find_segments(search, NOW))
    run_join(search, found)

    assert found.found_segments == ("novelty", "features.age")
    assert {"novelty=0.9 to 1.0", "features.age=30 to 40"} <= set(stored(search, "n19")["segments"])
    query = {"bool": {"filter": [{"prefix": {"prediction_id": "n"}}]}}
    tenths = {each.value: each.accuracy for each in count_segments(search, query, "novelty")}
    assert tenths["0.0 to 0.1"] == 1.0 and tenths["0.9 to 1.0"] == 0.0 and len(tenths) == 10
    assert len(count_segments(search, query, "features.age")) == 2
