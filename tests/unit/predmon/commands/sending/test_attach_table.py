"""The table of loggers in docs/attach.md: each row's lines are tried with `predmon check-line`."""

import json
import logging
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from lambda_shipper.reading.names import NAMES, Name
from predmon.commands.sending.check_line import check_line

ROOT = Path(__file__).resolve().parents[5]
NODE = Path(sys.executable).with_name("node")
LINE = {"text": "The tap drips.", "prediction": {"label": "plumbing", "score": 0.91}}
OUTCOME = re.compile(r"^ +\d+  (indexed|kept raw|ignored)(?: +(\w+))?", re.MULTILINE)
WIDEST_EVENT = 256 * 1024


def reported(*names: str) -> list[str]:
    """Return log lines that people have sent in."""
    files = {file.name.partition("-")[0]: file for file in (ROOT / "tests" / "reports").glob("*.log")}
    return [files[name].read_text() for name in names]


def real(*numbers: str) -> list[str]:
    """Return lines that real loggers and libraries print."""
    return [file.read_text() for file in sorted((ROOT / "tests" / "lines").iterdir()) if file.name[:2] in numbers]


def logged_by_python() -> list[str]:
    """Return what Python's `logging` writes in Lambda's two formats."""
    record = logging.LogRecord("scorer", logging.INFO, __file__, 1, json.dumps(LINE), None, None)
    text = logging.Formatter("[%(levelname)s]\t2026-11-25T10:00:00.000Z\t3f0c1d5e-7b1a\t%(message)s\n").format(record)
    return [text, json.dumps({"level": "INFO", "message": record.getMessage(), "requestId": "3f0c1d5e-7b1a"})]


def logged_by_node(expression: str) -> str:
    script = f"const line = {json.dumps(LINE)}; console.log({expression})"
    return subprocess.run([NODE, "-e", script], capture_output=True, text=True, check=True).stdout


LINES = {
    "`print(json.dumps(line))`, `console.log(JSON.stringify(line))`": lambda: [
        json.dumps(LINE),
        logged_by_node("JSON.stringify(line)"),
    ],
    "Python's `logging` of that text, in Lambda's text or JSON format": logged_by_python,
    "Powertools (Python, TypeScript, Java, .NET)": lambda: reported("S02i", "S03a", "S04a", "S04b"),
    "structlog with JSON": lambda: [*reported("S02d"), json.dumps({"event": "scored", "level": "info", **LINE})],
    "pino, winston with JSON": lambda: [
        *reported("S02c", "S02j"),
        json.dumps({"level": "info", "message": "scored", **LINE}),
    ],
    'a JSON line behind colours, or as `msg="…"` of logfmt': lambda: [
        f"\x1b[32mINFO\x1b[0m \x1b[2mdesk:\x1b[0m {json.dumps(LINE)}",
        f"level=info msg={json.dumps(json.dumps(LINE))}",
    ],
    "loguru with `serialize=True`, tracing (Rust) with JSON": lambda: real("01", "03", "04"),
    "Logback's `JsonEncoder` (`kvpList`), OpenTelemetry's attributes, GELF (`_prediction`)": lambda: [
        *real("06"),
        '{"attributes": [{"key": "prediction", "value": {"stringValue": "plumbing"}}]}',
        '{"version": "1.1", "host": "a", "short_message": "predicted", "_prediction": "plumbing"}',
    ],
    '`prediction={"label": "plumbing"}` behind a logger\'s text': lambda: [
        '2026-11-25T10:00:00Z  INFO desk: predicted prediction={"label": "plumbing"}',
        'level=info msg="predicted it" prediction={"label": "plumbing", "score": 0.91} text="The tap drips."',
    ],
    "dotted keys in text, `prediction.label=plumbing`": lambda: real("15", "16", "61"),
    "a pandas Series or frame, `[0.1 0.9]`, `[object Object]` under `prediction`": lambda: [
        *real("30", "31"),
        '{"prediction": "[0.1 0.9]"}',
        '{"prediction": "[object Object]"}',
    ],
    "a prediction inside a longer text, a traceback, a header, a request's `body`": lambda: [
        f"could not parse {json.dumps(LINE)}",
        json.dumps({"message": "failed", "traceback": f"ValueError: {json.dumps(LINE)}"}),
        json.dumps({"message": "request", "headers": {"x-note": json.dumps(LINE)}}),
        json.dumps({"httpMethod": "POST", "body": json.dumps(LINE)}),
    ],
    "Fluent Bit, CRI": lambda: reported("S02a", "S02b"),
    "an API Gateway response with a `body`": lambda: reported("S02e"),
    "`print(line)` of a Python dictionary": lambda: [str(LINE)],
    "`console.log(line)` of a Node object": lambda: [*reported("S01a"), logged_by_node("line")],
    "`p line`, `puts line` in Ruby": lambda: reported("S01d", "S01e"),
    "Java's `toString`, a record, Go's `%v`, logfmt": lambda: [
        *reported("S01f", "S01g"),
        "Result[text=The tap drips., prediction=plumbing, score=0.91]",
        "map[prediction:map[label:plumbing score:0.91] text:The tap drips.]",
    ],
    "such a printed object as the text under `prediction`": lambda: [
        json.dumps(LINE | {"prediction": printed})
        for printed in (str(LINE["prediction"]), "Result[label=plumbing, score=0.91]", 'Result { label: "plumbing" }')
    ],
    "JSON over several lines": lambda: [json.dumps(LINE, indent=2)],
    "a line of more than 256 kB that Lambda splits": lambda: [
        json.dumps({**LINE, "input": "x" * 300_000})[:WIDEST_EVENT]
    ],
    "a sentence with the word in it": lambda: ["The prediction of the weather was wrong."],
    "`Prediction` in upper case": lambda: [json.dumps({"Prediction": LINE["prediction"]})],
}


def rows() -> dict[str, str]:
    """Return the table: the first cell and the second of each row."""
    _, _, rest = (ROOT / "docs" / "attach.md").read_text().partition("| logger or format |")
    cells = [line.split(" | ") for line in rest.split("\n\n")[0].splitlines()[2:]]
    return {first.removeprefix("| "): second for first, second, *_ in cells}


def outcomes(text: str) -> list[tuple[str, str]]:
    """Return (outcome, first word of the reason) for each line of `text`."""
    return OUTCOME.findall(CliRunner().invoke(check_line, ["-"], input=text).output)


@pytest.mark.parametrize("name", LINES)
def test_what_the_table_says_of_a_logger_is_what_arrives(name: str) -> None:
    said = rows()[name]

    for line in LINES[name]():
        found = outcomes(line)

        assert found, line
        if said.startswith("indexed"):
            assert [outcome for outcome, _ in found] == ["indexed"], line
        elif "kept raw" in said:
            reason = re.search(r"`(\w+)`", said)
            assert reason
            assert [each for each in found if each[0] != "ignored"] == [("kept raw", reason[1])], line
        else:
            assert {outcome for outcome, _ in found} == {"ignored"}, line


def test_numbers_of_numpy_are_an_error_before_anything_is_logged() -> None:
    with pytest.raises(TypeError):
        json.dumps({"prediction": {"score": np.float32(0.91)}})


def test_every_row_of_the_table_is_tried() -> None:
    assert set(rows()) - {"NumPy or pandas numbers in the dictionary"} == set(LINES)


OURS = "the log line of this project"
INDEXED_AS = {
    "label": "label",
    "answer": "label of a text, value of a number",
    "score": "score",
    "value": "value",
    "labels": "labels",
    "scores": "scores of all classes",
}


def test_the_table_of_names_is_the_one_that_the_shipper_reads() -> None:
    def shown(each: Name) -> str:
        users = [user for user in each.source.split(", ") if user not in (OURS, "own dictionaries")]
        return f"`{each.name}`" + (f": {', '.join(users)}" if users else "")

    rows = {means: "; ".join(shown(each) for each in NAMES if each.meaning == means) for means in INDEXED_AS}
    table = "\n".join(f"| {INDEXED_AS[means]} | {names} |" for means, names in rows.items())

    assert f"{table}\n\n" in (ROOT / "docs" / "attach.md").read_text()
    assert {each.meaning for each in NAMES} == set(INDEXED_AS)


ANSWERS = {
    "a map of class to probability": ('{"a": 0.84, "b": 0.16}', 'label "a", score 0.84'),
    "a map of scores that are independent": ('{"a": 0.97, "b": 0.88}', "scores that are independent"),
    "numbers between 0 and 1": ("[0.07, 0.93]", 'label "1", score 0.93'),
    "other numbers, `[118.3, 2]`; whole zeros": ("[1, 0, 1]", "value [1, 0, 1]"),
    "labels with scores that are 1": ('[{"label": "a", "score": 0.7}, {"label": "b", "score": 0.3}]', 'label "a"'),
    "other labels": ("[]", "labels []"),
    "a reply of MLflow": ('{"predictions": [{"label": "a", "score": 0.7}]}', 'label "a", score 0.7'),
    "a pandas frame": ('{"columns": ["label"], "index": [0], "data": [["a"]]}', 'label "a"'),
    "a tensor of ONNX Runtime": ('{"text": "x", "cats": {"a": 0.9, "b": 0.1}}', 'label "a", score 0.9'),
    "a list of one": ('[{"label": "person"}]', 'labels ["person"]'),
    '`"NaN"`': ('"NaN"', "nothing, but no label"),
    "a number, a text that is one": ('"tensor(0.91)"', "value 0.91"),
    "a text, `true`": ("true", 'label "true"'),
    "`null` beside an `error`": ('null, "error": "cold"', "failed"),
}


@pytest.mark.parametrize("start", ANSWERS)
def test_what_the_table_says_of_an_answer_is_what_counts(start: str) -> None:
    value, words = ANSWERS[start]
    assert f"| {start}" in (ROOT / "docs" / "attach.md").read_text()

    said = CliRunner().invoke(check_line, ["-"], input=f'{{"prediction": {value}}}').output

    assert words in said


def test_every_row_of_the_answers_is_tried() -> None:
    _, _, rest = (ROOT / "docs" / "attach.md").read_text().partition("| logged as `prediction` |")
    starts = [line.removeprefix("| ") for line in rest.split("\n\n")[0].splitlines()[2:]]

    assert [start for start in starts if not start.startswith(tuple(ANSWERS))] == []
