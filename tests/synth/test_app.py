"""The app as the CDK's command runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("context", [{"volume_gib": "5"}, {"model_dir": "/nowhere"}], ids=str)
def test_what_cannot_be_is_one_line_that_names_the_setting(context: dict[str, str]) -> None:
    environ = os.environ | {"CDK_CONTEXT_JSON": json.dumps(context)}

    done = subprocess.run([sys.executable, "app.py"], cwd=ROOT, env=environ, capture_output=True, text=True)

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(f"error: Setting {next(iter(context))}=")
    assert "Traceback" not in done.stderr
