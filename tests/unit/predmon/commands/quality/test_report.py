"""What `predmon quality report` prints."""

from typing import Any

import pytest
from rich.cells import cell_len

from predmon.commands.quality.report import print_run

FIGURES = {"mean_absolute_error": 0.12345, "bias": -1.7976e308, "root_mean_squared_error": 1.7976e308}


def run(**given: Any) -> dict[str, Any]:
    """Return a run as it is stored."""
    head = {"log_group": "/aws/lambda/model", "model": {"version": "1"}, "standing": "as before"}
    return {**head, "words": "mean absolute error 0.12 → 0.12", "figures": {}, "reference": None, **given}


def printed(capsys: pytest.CaptureFixture[str], **given: Any) -> list[str]:
    print_run(run(**given))
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(
    ("hours", "words"),
    [(26.3, "26.3 h after"), (-5, "5.0 h before"), (2400, "100.0 d after"), (-2400, "100.0 d before")],
)
def test_a_truth_may_come_before_its_prediction(capsys: pytest.CaptureFixture[str], hours: float, words: str) -> None:
    age = {"newest_prediction": "2026-05-08T09:12:00.000Z", "mean_delay_hours": hours}

    assert f"Truth comes {words} its prediction; newest with one: 2026-05-08 09:12 UTC" in printed(capsys, age=age)


def test_each_row_stays_one_line_whatever_the_names_are(capsys: pytest.CaptureFixture[str]) -> None:
    names = ["不正確な文章" * 5, "[bold]a[/] label", "two\nlines", "", "x" * 256]
    labels = [{"label": name, "support": 1480, "precision": 1.0, "recall": 1.0, "f1": 1.0} for name in names]
    errors = {"accuracy": None, "mean_absolute_error": 0.12345, "rows": 1480}
    segments = [{"field": "customer.country", "value": name, **errors} for name in names]

    rows = printed(capsys, figures=FIGURES, detail={"labels": labels, "segments": segments})[3:]

    assert len(rows) == len(FIGURES) + 1 + len(labels) + len(segments)
    assert max(map(cell_len, rows)) <= 80
    assert len({cell_len(row) for row in rows[4:9]}) == 1
    assert any("[bold]a[/] label" in row for row in rows)
