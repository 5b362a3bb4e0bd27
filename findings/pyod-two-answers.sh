#!/bin/sh
# PyOD's predict and predict_proba answer two questions: the first follows the contamination that the model was given, the
# second does not know it. Run: sh findings/pyod-two-answers.sh
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pyod==3.6.7 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
import pyod
from pyod.models.ecod import ECOD

rows = np.random.RandomState(0).rand(500, 4)
found = {}
for contamination in (0.01, 0.1, 0.3):
    model = ECOD(contamination=contamination).fit(rows)
    found[contamination] = int(model.predict(rows).sum()), int(model.predict_proba(rows).argmax(axis=1).sum())
    labels, best = found[contamination]
    print(f"pyod {pyod.__version__}, contamination {contamination}: {labels} outliers by predict, {best} by predict_proba")
assert [labels for labels, _ in found.values()] == [5, 50, 150]
assert len({best for _, best in found.values()}) == 1
PYTHON
