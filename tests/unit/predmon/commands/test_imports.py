"""What people run most often starts fast: it loads no client that takes longer than its question."""

import subprocess
import sys

import pytest

SLOW = ("boto3", "botocore", "opensearchpy", "numpy", "aws_cdk", "openpyxl")
SCRIPT = """
import sys
from importlib import import_module
import predmon.main
import_module("predmon.commands." + sys.argv[1])
print(*sorted(set(sys.argv[2:]) & set(sys.modules)))
"""


@pytest.mark.parametrize("module", ["drift.report", "quality.report", "cloud.up_and_down"])
def test_a_command_that_reads_loads_no_slow_package(module: str) -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT, module, *SLOW], capture_output=True, text=True, check=True)

    assert done.stdout.split() == []
