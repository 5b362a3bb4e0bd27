"""The monthly cost of a deployment, computed from its settings, its traffic and a dated price list.

An estimate before taxes and free tiers, to tell ten dollars from a thousand. Sources: AWS's public price pages.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from stacks.settings import Settings

PRICES_REGION = "us-east-1"
PRICES_OF = "2026-10"
"""When and where the prices below were list prices; other regions cost up to a third more."""
HOURS = 730
NODE_HOUR: Mapping[str, float] = {
    "t3.small.search": 0.036,
    "t3.medium.search": 0.073,
    "m6g.large.search": 0.128,
    "m7g.large.search": 0.135,
    "r6g.large.search": 0.167,
    "r7g.medium.search": 0.089,
    "r7g.large.search": 0.178,
    "r7g.xlarge.search": 0.356,
    "r7g.2xlarge.search": 0.711,
    "r7g.4xlarge.search": 1.422,
    "r7g.8xlarge.search": 2.845,
}
GP3_GIB_MONTH = 0.122
LAMBDA_GB_SECOND = {"arm64": 0.0000133334, "x86_64": 0.0000166667}
LAMBDA_MILLION_REQUESTS = 0.20
LOGS_GIB_IN, LOGS_GIB_MONTH = 0.50, 0.03
KINESIS_STREAM_HOUR, KINESIS_GIB_IN, KINESIS_GIB_OUT = 0.04, 0.08, 0.04
ALARM_MONTH, COMPOSITE_ALARM_MONTH, METRIC_MONTH, DASHBOARD_MONTH = 0.10, 0.50, 0.30, 3.00
SNAP_START_GB_SECOND = 0.0000015046
"""For a published version that is kept ready, of a model that is fetched at its start."""
VPC_ENDPOINT_HOUR = 0.01
PASSWORD_ENDPOINTS, REPORT_ENDPOINTS = 1, 2
SECRET_MONTH = 0.40
SHIPPER_METRICS, REPLAY_METRICS = 10, 4
DRIFT_SIGNALS = 7
"""That a group usually has: label, new_label, score, least_sure, text_length, kept_raw, failed."""
MEASURES = 3
DELIVERY_ALARMS, DOMAIN_ALARMS, STREAM_ALARMS, REPORT_ALARMS, SILENCE_ALARMS = 9, 5, 3, 2, 2
"""Alarms with a price of their own; the alarm on silence also has a composite one. A test counts them."""
SHIPPER_GB, INFERENCE_GB, DRIFT_GB, QUALITY_GB, DAYS_GB = 0.5, 1.73, 0.25, 0.5, 0.25
QUALITY_EVERY_MINUTES = DAYS_EVERY_MINUTES = 60
"""Its window is days long, so more frequent runs would say nothing new."""
SUBSCRIBING_RUNS, SUBSCRIBING_SECONDS = 30 * 24 * 12, 2.0
REPLAYS, REPLAY_SECONDS, DRIFT_SECONDS, QUALITY_SECONDS, DAYS_SECONDS = 30 * 24 * 6, 0.5, 5.0, 5.0, 5.0
"""Scheduled runs in a month, and how long one usually takes."""
INDEX_GROWTH = 1.2
"""Bytes of one copy in the index for each byte of log line: `python -m benchmarks.index`, rounded up."""
ACTUAL_BYTES = 240
"""The size of one copy of a joined actual in the index, merged: `python -m benchmarks quality`, rounded up."""
USABLE = 0.8
"""The part of the storage that can be used: the service refuses writes where a fifth or less is free."""
GIB = 1024**3


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """The traffic of one day."""

    predictions: int = 100_000
    line_bytes: int = 400
    """The size of one log line. Lambda itself writes three more for each invocation, about as much again."""
    inference_seconds: float = 0.05
    events_in_batch: int = 20
    """Log events in one subscription batch: many at once from busy functions, one from quiet ones."""
    shipper_seconds: float = 0.2
    """How long one invocation takes, most of it waiting for the domain."""
    log_groups: int = 0
    """Log groups that the rules of `log_groups` mean; 0: only those that the settings name."""
    other_lines: int = 0
    """Other lines with the word prediction: the filter matches and delivers them all the same."""


@dataclass(frozen=True)
class Line:
    """One part of the bill, with how it comes about."""

    what: str
    dollars: float | None
    """None where this list has no price for it."""
    because: str


def estimate(settings: Settings, traffic: Traffic | None = None) -> list[Line]:
    """Return the lines of a month's bill, the search domain first."""
    t = traffic or Traffic()
    month = t.predictions * 30
    gib = month * t.line_bytes / GIB
    matched = month + t.other_lines * 30
    lines = [
        _nodes("Search nodes", settings.data_nodes, settings.instance_type),
        Line(
            "Search storage",
            settings.data_nodes * settings.volume_gib * GP3_GIB_MONTH,
            f"{settings.data_nodes} x {settings.volume_gib} GiB of gp3",
        ),
        _logs(settings, gib * (2 if settings.inference else 1)),
        _function("Shipper", settings, matched / t.events_in_batch, t.shipper_seconds, SHIPPER_GB),
        _metrics(settings, t.log_groups),
    ]
    if settings.manager_nodes:
        lines.insert(1, _nodes("Cluster managers", settings.manager_nodes, settings.manager_type))
    if settings.inference:
        lines.append(_function("Example model", settings, month, t.inference_seconds, INFERENCE_GB))
        if settings.model_uri:
            ready = INFERENCE_GB * HOURS * 3600 * SNAP_START_GB_SECOND
            lines.append(Line("Model kept ready", ready, "SnapStart of one published version"))
    lines.append(_function("Replay", settings, REPLAYS, REPLAY_SECONDS, SHIPPER_GB))
    if settings.drift:
        runs = 30 * 24 * 60 / settings.drift_every_minutes
        lines.append(_function("Drift", settings, runs, DRIFT_SECONDS, DRIFT_GB))
    if settings.quality:
        runs = 30 * 24 * 60 / QUALITY_EVERY_MINUTES
        lines.append(_function("Quality", settings, runs, QUALITY_SECONDS, QUALITY_GB))
    lines.append(_function("Past days", settings, 30 * 24 * 60 / DAYS_EVERY_MINUTES, DAYS_SECONDS, DAYS_GB))
    if settings.collected.patterns:
        lines.append(_function("Subscribing", settings, SUBSCRIBING_RUNS, SUBSCRIBING_SECONDS, DRIFT_GB))
    if settings.centralized_logs:
        kept = gib * settings.log_retention_days / 30
        because = "stored once more; the first copy is not billed as ingested"
        lines.append(Line("Copies of logs", kept * LOGS_GIB_MONTH, because))
    if settings.domain_logs:
        lines.append(Line("Domain's logs", LOGS_GIB_IN, f"one GiB of errors and sign-ins, at ${LOGS_GIB_IN}"))
    if settings.transport == "kinesis":
        gib_through = matched * t.line_bytes / GIB
        dollars = KINESIS_STREAM_HOUR * HOURS + gib_through * (KINESIS_GIB_IN + KINESIS_GIB_OUT)
        lines.append(Line("Kinesis stream", dollars, f"on demand, {gib_through:.1f} GiB in and out at most"))
    if settings.sign_in == "cognito":
        lines.append(Line("Sign-in", 0.0, "Cognito costs nothing up to 10,000 people a month"))
    if settings.sign_in == "password":
        lines.append(Line("Secret", SECRET_MONTH, "the master user's password"))
    if settings.vpc == "new":
        services = (PASSWORD_ENDPOINTS if settings.sign_in == "password" else 0) + REPORT_ENDPOINTS
        dollars = services * settings.zones * VPC_ENDPOINT_HOUR * HOURS
        lines.append(Line("VPC endpoints", dollars, f"{services} services x {settings.zones} zones"))
    return lines


def total(lines: list[Line]) -> float:
    """Return the sum in dollars of the lines that have a price."""
    return sum(line.dollars or 0 for line in lines)


def assumptions(settings: Settings, traffic: Traffic | None = None) -> list[str]:
    """Return the assumptions of the estimate, as sentences."""
    t = traffic or Traffic()
    days = settings.index_retention_days or 365
    daily = t.predictions * t.line_bytes * INDEX_GROWTH * (2 if settings.data_nodes > 1 else 1) / GIB
    needed, there = daily * days, settings.data_nodes * settings.volume_gib
    advice = ""
    if needed > there * USABLE or not settings.index_retention_days:
        advice = f", enough for {there * USABLE / daily:,.0f} days: raise volume_gib, or set index_retention_days"
    return [
        f"List prices of {PRICES_REGION}, {PRICES_OF}, without taxes, free tiers, discounts and data transfer.",
        f"{t.predictions:,} predictions a day of {t.line_bytes} bytes, {t.events_in_batch} in a batch.",
        f"The index takes {INDEX_GROWTH} times the lines: {needed:,.0f} GiB after {days} days, replica included; "
        f"the nodes have {there:,}{advice}. Each actual takes about {ACTUAL_BYTES} bytes more.",
        *_rules(settings, t),
        "Not in it: the ways out of a VPC of your own, requests to a customer key (stacks/settings/bill.py).",
    ]


def _rules(settings: Settings, t: Traffic) -> list[str]:
    """Return what rules that stand for log groups nobody counted leave open."""
    if not (settings.collected.patterns or settings.collected.whole_account or settings.organization_id):
        return []
    said = [f"{t.log_groups or 'no'} log groups that the rules mean: --log-groups says how many, each with metrics."]
    if settings.collected.whole_account:
        what = f"{t.other_lines:,} lines a day" if t.other_lines else "lines"
        said.append(f"Also delivered: {what} with the word prediction in another sense: --other-lines-per-day.")
    return said


def _nodes(what: str, count: int, kind: str) -> Line:
    price = NODE_HOUR.get(kind)
    if price is None:
        return Line(what, None, f"{count} x {kind}: not in this list, see AWS's price page")
    return Line(what, count * price * HOURS, f"{count} x {kind} at ${price}/h")


def _function(what: str, settings: Settings, invocations: float, seconds: float, gigabytes: float) -> Line:
    dollars = invocations / 1e6 * LAMBDA_MILLION_REQUESTS
    dollars += invocations * seconds * gigabytes * LAMBDA_GB_SECOND[settings.architecture]
    return Line(what, dollars, f"{invocations:,.0f} invocations of {seconds} s at {gigabytes} GB")


def _logs(settings: Settings, gib: float) -> Line:
    kept = gib * settings.log_retention_days / 30
    dollars = gib * LOGS_GIB_IN + kept * LOGS_GIB_MONTH
    return Line("CloudWatch Logs", dollars, f"{gib:.1f} GiB in, kept {settings.log_retention_days} days")


def drift_metrics(settings: Settings, log_groups: int = 0) -> int:
    """Return how many CloudWatch metrics the comparisons write: two, and those of each log group."""
    if not settings.drift:
        return 0
    groups = max(len(settings.log_groups) + settings.inference, log_groups)
    of_group = 1
    if settings.drift_metrics == "signals":
        segments = 1 if settings.drift_segments else 0
        of_group += MEASURES * (DRIFT_SIGNALS + len(settings.drift_fields)) + segments
    return 2 + groups * of_group


def quality_metrics(settings: Settings, log_groups: int = 0) -> int:
    """Return how many CloudWatch metrics the quality runs write: two, and coverage and one figure a log group."""
    groups = max(len(settings.log_groups) + settings.inference, log_groups)
    return 2 + 2 * groups if settings.quality else 0


def _metrics(settings: Settings, log_groups: int) -> Line:
    metrics = SHIPPER_METRICS + REPLAY_METRICS + drift_metrics(settings, log_groups)
    metrics += quality_metrics(settings, log_groups)
    dollars = metrics * METRIC_MONTH
    because = f"{metrics} metrics"
    plain, composite = _alarms(settings)
    if plain:
        dollars += plain * ALARM_MONTH + composite * COMPOSITE_ALARM_MONTH
        because += f", {plain + composite} alarms"
    if settings.alarms:
        dollars += DASHBOARD_MONTH
        because += ", a dashboard"
    return Line("CloudWatch metrics", dollars, because)


def _alarms(settings: Settings) -> tuple[int, int]:
    """Return the numbers of plain and of composite alarms."""
    plain = REPORT_ALARMS * (1 + settings.drift + settings.quality)
    if not settings.alarms:
        return plain, 0
    plain += bool(settings.collected.patterns) + bool(settings.actions)
    plain += DELIVERY_ALARMS + DOMAIN_ALARMS + (STREAM_ALARMS if settings.transport == "kinesis" else 0)
    return (plain + SILENCE_ALARMS, 1) if settings.alarm_silence_hours else (plain, 0)
