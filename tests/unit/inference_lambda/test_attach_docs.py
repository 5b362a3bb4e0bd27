"""The lines that docs/attach.md tells people to add work as the document says."""

import json
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from lambda_shipper.reading.finding import find_predictions
from lambda_shipper.reading.shapes import shape

ATTACH = Path(__file__).parents[3] / "docs" / "attach.md"
SENTENCES = Path(__file__).parents[3] / "predmon" / "local" / "sentences.csv"
NODE = Path(sys.executable).with_name("node")
LINE = {
    "text": "Lovely.",
    "prediction": {"label": "positive", "score": 0.75},
    "model": {"name": "reviews", "version": "7"},
    "request_id": "r-1",
}
KINDS = [
    {"label": "positive", "score": 0.75},
    {"value": 41.5},
    {"labels": ["a", "b"], "scores": [0.75, 0.5]},
]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", ATTACH.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def test_python_lines_log_what_the_shipper_takes_for_a_prediction(capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, Any] = {"classify": lambda _sentence: ("positive", 0.75)}
    exec(blocks("python")[0], names)

    assert names["lambda_handler"]({"sentence": "Lovely."}, SimpleNamespace(aws_request_id="r-1")) == {
        "label": "positive"
    }

    assert find_predictions(capsys.readouterr().out).predictions == [LINE]


def test_node_lines_log_the_same(tmp_path: Path) -> None:
    (tmp_path / "index.mjs").write_text(
        "const classify = async () => ({ label: 'positive', score: 0.75 })\n"
        + blocks("js")[0]
        + "await handler({ sentence: 'Lovely.' }, { awsRequestId: 'r-1' })\n"
    )

    out = subprocess.run([NODE, tmp_path / "index.mjs"], capture_output=True, text=True, check=True).stdout

    assert find_predictions(out).predictions == [LINE]


def test_python_and_node_give_the_same_for_each_kind_of_model() -> None:
    names: dict[str, Any] = {"label": "positive", "score": 0.75, "value": 41.5, "found": [("a", 0.75), ("b", 0.5)]}
    in_python = []
    for statement in blocks("python")[1].splitlines():
        exec(statement, names)
        in_python.append(names["prediction"])
    setup = "".join(
        f"const {name} = {json.dumps(value)};\n" for name, value in names.items() if name in ("label", "score")
    )
    setup += "const value = 41.5; const found = [['a', 0.75], ['b', 0.5]]; let prediction; const all = [];\n"
    script = setup + "".join(f"{line}; all.push(prediction);\n" for line in blocks("js")[1].splitlines())
    out = subprocess.run(
        [NODE, "-e", script + "console.log(JSON.stringify(all))"], capture_output=True, text=True, check=True
    )

    assert in_python == KINDS
    assert json.loads(out.stdout) == KINDS


@pytest.mark.parametrize("prediction", KINDS, ids=["classifier", "regressor", "several labels"])
def test_each_kind_is_a_prediction_to_the_shipper(prediction: Any) -> None:
    assert find_predictions(json.dumps({"prediction": prediction})).predictions == [{"prediction": prediction}]


def test_the_recipe_for_tables_tells_rows_of_another_kind() -> None:
    names: dict[str, Any] = {}
    exec(next(block for block in blocks("python") if "fit_novelty" in block and "numpy" in block), names)
    chance = np.random.default_rng(1)
    rows = chance.normal(size=(3000, 5)) @ chance.normal(size=(5, 5))

    novelty = names["fit_novelty"](rows[:2000], rows[2000:])

    assert np.mean([novelty(row) > 0.95 for row in rows[:500]]) == pytest.approx(0.05, abs=0.03)
    assert novelty(rows[0] * 100) == 1.0 and novelty(rows.mean(axis=0)) < 0.1


def test_the_recipe_for_texts_tells_texts_of_another_kind() -> None:
    names: dict[str, Any] = {}
    exec(next(block for block in blocks("python") if "fit_novelty" in block and "unseen" in block), names)
    texts = [text for text in SENTENCES.read_text(encoding="utf-8").splitlines() if text][1:]

    novelty = names["fit_novelty"](texts[::2], texts[1::2])

    assert novelty("Der Hund schläft heute auf dem Sofa.") > 0.95
    assert novelty(texts[0]) == 0.0
    assert 0 <= novelty("") <= 1


@pytest.mark.parametrize("found", [[], [("a", 0.75)], [("a", 0.75), ("b", 0.5)]])
def test_several_labels_stay_several_however_many_were_found(found: list[tuple[str, float]]) -> None:
    names: dict[str, Any] = {"found": found}
    exec(blocks("python")[1].splitlines()[2], names)

    assert shape(names["prediction"])[0]["labels"] == [label for label, _ in found]
