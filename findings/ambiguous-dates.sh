#!/bin/sh
# The same column of dates, all readable in two ways, is November for DuckDB and polars, and May and June for pandas.
# None of them says so. Run: sh findings/ambiguous-dates.sh
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pandas==3.1.1 polars==2.1.0 duckdb==2.0.1
cat > "$folder/dates.py" <<'PYTHON'
import warnings
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl

warnings.simplefilter("error")
file = Path(__file__).with_name("dates.csv")
file.write_text("id,time\na,05/11/2026\nb,06/11/2026\n")
found = {
    f"duckdb {duckdb.__version__}": [str(time) for _, time in duckdb.sql(f"SELECT * FROM '{file}'").fetchall()],
    f"polars {pl.__version__}": [str(time) for _, time in pl.read_csv(file, try_parse_dates=True).rows()],
    f"pandas {pd.__version__}": [str(time.date()) for time in pd.to_datetime(pd.read_csv(file)["time"])],
}
for library, times in found.items():
    print(f"{library}: {', '.join(times)}")
day_first, month_first = ["2026-11-05", "2026-11-06"], ["2026-05-11", "2026-06-11"]
assert list(found.values()) == [day_first, day_first, month_first]
PYTHON
"$folder/venv/bin/python" "$folder/dates.py"
