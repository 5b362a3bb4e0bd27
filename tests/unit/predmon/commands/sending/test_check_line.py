"""`predmon check-line`: what the shipper would make of a line, said beforehand."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from predmon.commands.sending.check_line import check_line

LINE = {"text": "Hi.", "prediction": {"label": "positive", "score": 0.97}}


def said(text: str) -> list[str]:
    result = CliRunner().invoke(check_line, ["-"], input=text)
    assert result.exit_code == 0, result.output
    return result.output.splitlines()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (json.dumps(LINE), 'indexed   label "positive", score 0.97'),
        ('{"prediction": 41.5}', "indexed   value 41.5"),
        ('{"prediction": ["a", "b"]}', 'indexed   labels ["a", "b"]'),
        ('{"prediction": null, "error": "x"}', "indexed   a failed prediction"),
        ('{"prediction": {"class": "a"}}', 'indexed   label "a"'),
        ('{"prediction": {"kind": "a"}}', "indexed   nothing, but no label, value or labels"),
        ('{"prediction": []}', "indexed   labels [], an answer without a label"),
        ('{"prediction": {"a": 0.9, "b": 0.8}}', "indexed   scores that are independent, so no label"),
        ('{"message": "x", "comment": "{\\"prediction\\": 1}"}', "kept raw  quoted"),
        (str(LINE), "kept raw  not_json"),
        (json.dumps(LINE)[:-1], "kept raw  broken_json"),
        ("no prediction today", "ignored   no object with the key"),
        ('{"Prediction": 1}', "ignored   the filter is case-sensitive"),
    ],
)
def test_outcome_of_a_line_is_said_with_the_reason(line: str, words: str) -> None:
    first = said(line)[0]

    assert first.startswith(f"     1  {words}")


def test_keys_that_are_left_out_are_named() -> None:
    lines = said(json.dumps(LINE | {"_id": 1, "latency_ms": {"a": 1}}))

    assert 'left out: "_id", "latency_ms" (reserved_name, mapping_conflict)' in " ".join(" ".join(lines).split())


def test_every_prediction_of_a_line_is_told_and_all_are_counted(tmp_path: Path) -> None:
    file = tmp_path / "sample.log"
    file.write_text(json.dumps(LINE) * 2 + "\n\nSTART\n" + str(LINE) + "\n")

    result = CliRunner().invoke(check_line, [str(file)])

    assert result.output.count("     1  indexed") == 2
    assert result.output.splitlines()[-1] == "3 lines: 2 indexed, 1 kept raw, 1 ignored"


def test_nothing_is_wider_than_a_terminal() -> None:
    lines = said(json.dumps(LINE | {f"a..{number}": 1 for number in range(40)}) + "\n" + str(LINE))

    assert max(map(len, lines)) <= 80


def test_a_line_ends_at_a_line_break_only() -> None:
    line = json.dumps({**LINE, "text": "a\u2028b\x85c"}, ensure_ascii=False)

    assert said(line)[-1] == "1 line: 1 indexed, 0 kept raw, 0 ignored"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ({"prediction": {"id": "p1"}, "actual": {"label": "spam"}}, 'truth prediction "p1" should be label "spam"'),
        ({"prediction": {"id": "p1"}, "actual": "spam"}, 'truth prediction "p1" should be label "spam"'),
        ({"prediction": {"id": "p1"}, "actual": 1}, 'truth prediction "p1" should be value 1'),
        ({"prediction": {"id": "p1"}, "actual": {"class": "spam"}}, 'truth prediction "p1" should be label "spam"'),
        ({"prediction": {"prediction_id": "p1"}, "actual": "spam"}, 'truth prediction "p1" should be label "spam"'),
        ({"prediction": {"id": 12345.0}, "actual": "spam"}, 'truth prediction "12345" should be label "spam"'),
        ({"prediction": {"label": "ham"}, "actual": "spam"}, 'truth this prediction should be label "spam"'),
        ({"prediction_id": "p1", "actual": "spam"}, 'ignored no object with the key "prediction". Tell'),
        ({"prediction": {"id": "p1"}, "ground_truth": "spam"}, 'If "ground_truth" is what is right: Tell the truth as'),
        ({"prediction": {"id": "p1"}, "feedback": {"label": "a"}}, 'If "feedback" is what is right: Tell the truth as'),
        ({"prediction": "p1", "actual": "spam"}, 'If "p1" is the id of a prediction: Tell the truth as {"prediction"'),
    ],
)
def test_a_line_of_truth_is_told_from_a_prediction_or_why_it_is_none(line: dict[str, object], words: str) -> None:
    assert words in " ".join(" ".join(said(json.dumps(line))).split())


def test_a_label_that_ends_in_a_number_is_named() -> None:
    assert "The label ends in a number" in " ".join(said('{"prediction": "plumbing (0.91)"}'))
    assert "ends in a number" not in " ".join(said('{"prediction": "gpt-4.1"}'))


def test_scores_far_from_one_are_said() -> None:
    assert "set list_means=values" in " ".join(said('{"prediction": [0.1, 0.2]}'))


def test_outcomes_are_printed_as_json() -> None:
    lines = [json.dumps(LINE), '{"prediction": {"id": "p1"}, "actual": "ham"}', "{'prediction': 1}", "nothing"]

    result = CliRunner().invoke(check_line, ["-", "--json"], input="\n".join(lines))

    outcomes = [{**json.loads(each), "says": None} for each in result.output.splitlines()]
    assert outcomes == [
        {"line": 1, "outcome": "indexed", "label": "positive", "score": 0.97, "says": None},
        {"line": 2, "outcome": "truth", "label": "ham", "says": None},
        {"line": 3, "outcome": "kept raw", "reason": "not_json", "says": None},
        {"line": 4, "outcome": "ignored", "says": None},
    ]


def test_settings_of_reading_count() -> None:
    result = CliRunner().invoke(check_line, ["-", "-c", "list_means=values"], input='{"prediction": [0.1, 0.9]}')

    assert "value [0.1, 0.9]" in result.output
