"""The drift function: it compares the predictions with their reference. docs/drift.md shows rules on its event."""

from stacks.constructs.bundling import contracts
from stacks.constructs.reporting import Report

DRIFT = Report(
    package="monitors/drift",
    shared=(*contracts("indices", "text_terms", "visible"), "monitors/__init__.py", "monitors/reporting"),
    memory_mib=256,
    timeout_minutes=15,
    description="Says when the predictions are no longer what they were",
    access=(
        ("es:ESHttpPost", "/cwl-*/_search"),
        ("es:ESHttpPost", "/raw-*/_search"),
        ("es:ESHttpPost", "/cwl-*/_field_caps"),
        ("es:ESHttpPost", "/prediction-reference/_refresh"),
        ("es:ESHttpPost", "/prediction-reference/_search"),
        ("es:ESHttpPut", "/prediction-reference/_create/*"),
        ("es:ESHttpGet", "/prediction-reference/_doc/*"),
        ("es:ESHttpPost", "/drift-*/_search"),
        ("es:ESHttpPost", "/drift-*/_refresh"),
        ("es:ESHttpPost", "/_bulk"),
    ),
    alarm="Drifted",
    metric="DriftSeverity",
    threshold=2,
    says="Some model's predictions drifted: see the dashboard Drift.",
    failure_says="The predictions could not be compared with their reference. Read its log: predmon logs drift",
)
