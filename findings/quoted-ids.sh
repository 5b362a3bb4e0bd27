#!/bin/sh
# An id in quotes with zeros in front, "0000042", is the number 42 for pandas and polars, and stays a text for DuckDB. In a
# workbook, where the zeros are a number format, openpyxl and pandas give 42, too. Run: sh findings/quoted-ids.sh
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pandas==3.1.1 polars==2.1.0 duckdb==2.0.1 openpyxl==3.1.5
cat > "$folder/ids.py" <<'PYTHON'
from pathlib import Path

import duckdb
import openpyxl
import pandas as pd
import polars as pl

file, workbook = Path(__file__).with_name("ids.csv"), Path(__file__).with_name("ids.xlsx")
file.write_text('"prediction_id","label"\n"0000042","spam"\n"0000007","ham"\n')
book = openpyxl.Workbook()
book.active.append(["prediction_id"])
book.active.append([42])
book.active["A2"].number_format = "0000000"
book.save(workbook)
found = {
    f"pandas {pd.__version__}, csv": pd.read_csv(file)["prediction_id"].tolist(),
    f"polars {pl.__version__}, csv": pl.read_csv(file)["prediction_id"].to_list(),
    f"duckdb {duckdb.__version__}, csv": [each for each, _ in duckdb.sql(f"SELECT * FROM '{file}'").fetchall()],
    f"openpyxl {openpyxl.__version__}, xlsx": [openpyxl.load_workbook(workbook).active["A2"].value],
    f"pandas {pd.__version__}, xlsx": pd.read_excel(workbook)["prediction_id"].tolist(),
}
for library, ids in found.items():
    print(f"{library}: {ids}")
assert list(found.values()) == [[42, 7], [42, 7], ["0000042", "0000007"], [42], [42]]
PYTHON
"$folder/venv/bin/python" "$folder/ids.py"
