#!/bin/sh
# Label Studio's converter writes TSV into a file that is called result.csv. In a column of choices a row has a text where
# one choice is marked, and JSON where several are. A skipped task has no row. Run: sh findings/label-studio-result-csv.sh
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet label-studio-sdk==2.1.2
cat > "$folder/convert.py" <<'PYTHON'
import csv
import json
from importlib.metadata import version
from pathlib import Path

from label_studio_sdk.converter import Converter

FORM = """<View><Text name="text" value="$text"/><Choices name="topic" toName="text" choice="multiple">
<Choice value="spam"/><Choice value="ham"/></Choices></View>"""
folder = Path(__file__).parent


def task(number, choices, skipped=False):
    marked = {"from_name": "topic", "to_name": "text", "type": "choices", "value": {"choices": choices}}
    answer = {"id": number, "completed_by": {"email": "ada@example.com"}, "was_cancelled": skipped, "lead_time": 1}
    return {"id": number, "data": {"text": "Hi"}, "annotations": [answer | {"result": [marked] if choices else []}]}


(folder / "tasks.json").write_text(json.dumps([task(1, ["spam"]), task(2, ["spam", "ham"]), task(3, [], True)]))
Converter(FORM, project_dir=None).convert(str(folder / "tasks.json"), str(folder / "out"), "TSV", is_dir=False)
(written,) = (folder / "out").iterdir()
rows = list(csv.DictReader(written.read_text().splitlines(), delimiter="\t"))
print(f"label-studio-sdk {version('label-studio-sdk')} wrote TSV into {written.name}:", *(row["topic"] for row in rows))
assert written.name == "result.csv"
assert [row["topic"] for row in rows] == ["spam", '{"choices":["spam","ham"]}']
PYTHON
"$folder/venv/bin/python" "$folder/convert.py"
