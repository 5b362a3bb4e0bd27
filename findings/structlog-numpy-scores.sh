#!/bin/sh
# A NumPy score is no number any more behind structlog's JSON, and another text behind python-json-logger. json.dumps, which
# both use, raises an error. Run: sh findings/structlog-numpy-scores.sh
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet structlog==26.1.0 python-json-logger==4.2.0 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
import io
import json
import logging
from importlib.metadata import version

import numpy as np
import structlog
from pythonjsonlogger.json import JsonFormatter

score = np.float32(0.91)
by_structlog = structlog.processors.JSONRenderer()(None, "info", {"prediction": "plumbing", "score": score})
handler = logging.StreamHandler(stream := io.StringIO())
handler.setFormatter(JsonFormatter())
logger = logging.Logger("desk")
logger.addHandler(handler)
logger.info("predicted", extra={"prediction": "plumbing", "score": score})
found = {"structlog": json.loads(by_structlog)["score"], "python-json-logger": json.loads(stream.getvalue())["score"]}
for library, said in found.items():
    print(f"{library} {version(library)}, numpy {np.__version__}: score is {said!r}")
assert found == {"structlog": "np.float32(0.91)", "python-json-logger": "0.91"}
PYTHON
