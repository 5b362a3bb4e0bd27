"""Whether the CDK command line that runs the app can read what the CDK library writes."""

import json
from collections.abc import Mapping
from pathlib import Path

from aws_cdk import cloud_assembly_schema

PACKAGE = Path(__file__).resolve().parents[1] / "predmon" / "tools" / "node" / "package.json"


def command_line_problem(environ: Mapping[str, str], library_schema: str | None = None) -> str | None:
    """Return what is wrong with the command line that set `environ`, and which version to take; None if nothing is.

    The command line tells its version and the newest schema of a cloud assembly that it can read. Without these nobody
    knows, and the command line itself will say. `library_schema` is what the library writes, unless a test says so.
    """
    version, schema = environ.get("CDK_CLI_VERSION"), environ.get("CDK_CLI_ASM_VERSION")
    written = library_schema or cloud_assembly_schema.Manifest.version()
    if not (version and schema) or _major(schema) >= _major(written):
        return None
    tested = json.loads(PACKAGE.read_text())["dependencies"]["aws-cdk"]
    return (
        f"the CDK command line {version} cannot read what this project's CDK library writes (schema {written}, it "
        f"reads {schema}). Take the version that is tested: npx aws-cdk@{tested}"
    )


def _major(version: str) -> int:
    return int(version.partition(".")[0])
