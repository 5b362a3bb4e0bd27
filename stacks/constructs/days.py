"""The function that looks after past days. docs/operations.md says what becomes of them."""

from contracts.indices import INDICES, LOCK
from monitors.days.config import METRIC
from stacks.constructs.bundling import contracts
from stacks.constructs.reporting import Report

FOLDED = tuple(each.pattern for each in INDICES if "prediction_days" in each.grants)
SHARDS_PERCENT = 50
"""At two indices a day on one node, the other half of the shards lasts for eight months."""
DAYS = Report(
    package="monitors/days",
    shared=(*contracts("indices", "mappings"), "monitors/__init__.py", "monitors/reporting"),
    memory_mib=256,
    timeout_minutes=15,
    description="Folds past days into few indices, and deletes old ones",
    access=(
        *((f"es:ESHttp{method}", f"/{pattern}") for pattern in FOLDED for method in ("Get", "Post", "Put")),
        *((f"es:ESHttp{method}", f"/{LOCK}*") for method in ("Get", "Put")),
        *(("es:ESHttpGet", path) for path in ("/_cat/indices/*", "/_cluster/*", "/_nodes/stats/*", "/_tasks")),
        ("es:ESHttpPost", "/_aliases"),
        ("es:ESHttpPost", "/_reindex"),
        ("es:ESHttpPost", "/_index_template/_simulate_index/*"),
    ),
    alarm="ShardsShort",
    metric=METRIC,
    threshold=SHARDS_PERCENT,
    says="The domain has used half of the shards that it may have. Past days are not folded, or are too many.",
    failure_says="Past days could not be folded or deleted. Read its log: predmon logs days",
)
