"""The quality function: it joins actuals to their predictions and judges them. docs/quality.md describes its event."""

from stacks.constructs.bundling import contracts
from stacks.constructs.reporting import Report

QUALITY = Report(
    package="monitors/quality",
    shared=(*contracts("actuals", "indices", "labels", "visible"), "monitors/__init__.py", "monitors/reporting"),
    memory_mib=512,
    timeout_minutes=15,
    description="Says how often the model was right, once the truth is known",
    access=(
        ("es:ESHttpPost", "/cwl-*/_search"),
        ("es:ESHttpPost", "/prediction-actuals/_refresh"),
        ("es:ESHttpPost", "/prediction-actuals/_search"),
        ("es:ESHttpPost", "/prediction-actuals/_mget"),
        ("es:ESHttpPost", "/prediction-actuals/_delete_by_query"),
        ("es:ESHttpPost", "/prediction-quality-reference/_refresh"),
        ("es:ESHttpPost", "/prediction-quality-reference/_search"),
        ("es:ESHttpPut", "/prediction-quality-reference/_create/*"),
        ("es:ESHttpGet", "/prediction-quality-reference/_doc/*"),
        ("es:ESHttpPost", "/quality-*/_search"),
        ("es:ESHttpPost", "/drift-*/_search"),
        ("es:ESHttpPost", "/quality-*/_refresh"),
        ("es:ESHttpPut", "/quality-*/_doc/*"),
        ("es:ESHttpPost", "/_bulk"),
    ),
    alarm="Worse",
    metric="QualitySeverity",
    threshold=1,
    says="Some model is right less often, or errs more, than in its reference: see the dashboard Quality.",
    failure_says="Actuals could not be joined to their predictions or judged. Read its log: predmon logs quality",
)
