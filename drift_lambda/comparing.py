"""One run: each group's current window against its reference, and the verdict in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from opensearchpy import OpenSearch

from drift_lambda.config import Config
from drift_lambda.counting import Window, ahead, count, groups, history, watched
from drift_lambda.distribution import Distribution
from drift_lambda.reference import Reference, freeze_first, references
from drift_lambda.report import Run
from drift_lambda.searching import Group, Period
from drift_lambda.verdict import KEPT_RAW, Finding, Rule, Verdict, judge, overall
from drift_lambda.volume import judge_volume
from drift_lambda.words import counted

HISTORY = timedelta(days=7)
MOST_WINDOWS = 168
CLOCK_TOLERANCE = timedelta(minutes=5)
CLOCK = "clock"


def rule(config: Config) -> Rule:
    """The decision rule with the deployment's thresholds."""
    return Rule(minimum=config.minimum, warning_effect=config.warning_effect, drift_effect=config.drift_effect)


def compare_all(search: OpenSearch, period: Period, config: Config) -> list[Run]:
    """A run for every group that is alive: seen in the last seven days and not replaced by a newer version."""
    seen = groups(search, Period(period.start - HISTORY, period.end + timedelta(days=1)))
    alive = [group for group in seen if seen[group] >= period.start or group == _newest(group, seen)]
    return [compare(search, group, period, config) for group in sorted(alive, key=str)]


def _newest(group: Group, seen: dict[Group, datetime]) -> Group:
    return max((each for each in seen if each.log_group == group.log_group), key=lambda each: seen[each])


def compare(search: OpenSearch, group: Group, period: Period, config: Config) -> Run:
    """Judge one group's window, after freezing the reference of a version that has enough predictions for one."""
    known = references(search, group.log_group)
    own = next((each for each in known if each.group == group), None)
    found = 0
    if own is None:
        own, found = freeze_first(search, group, config)
    reference = own or next(iter(known), None)
    if own and own.window.period.end > period.start:
        # The reference is no evidence for itself.
        period = Period(max(period.start, min(own.window.period.end, period.end)), period.end)
    if reference is None:
        words = f"no reference yet: {found:,} of the {config.reference_size:,} predictions it takes"
        return Run(group, period, found, Verdict.NOT_ENOUGH_DATA, words)
    window, findings = _judge(search, group, period, reference, config)
    verdict = overall(findings, window.predictions, rule(config))
    words = _words(verdict, findings, window, config)
    if own is None:
        words = f"{words}; compared with version {reference.group.model_version}, since {group} has "
        words += f"{found:,} of the {config.reference_size:,} predictions that its own reference takes"
        if verdict is Verdict.STABLE:
            verdict = Verdict.NOT_ENOUGH_DATA
    return Run(group, period, window.predictions, verdict, words, tuple(findings), reference)


def _judge(
    search: OpenSearch, group: Group, period: Period, reference: Reference, config: Config
) -> tuple[Window, list[Finding]]:
    frozen = reference.window.signals
    fields = {signal: field for signal, field in watched(config).items() if signal in frozen}
    edges = {signal: frozen[signal].edges for signal in fields if _holds_numbers(frozen[signal])}
    window = count(search, group, period, fields, edges)
    findings = judge({name: frozen[name] for name in (*fields, KEPT_RAW)}, window.signals, rule(config))
    for signal in watched(config).keys() - fields.keys():
        words = f"the reference {reference.name} does not have {signal}: freeze a new one"
        nothing = Distribution((), ())
        findings.append(Finding(signal, Verdict.NOT_ENOUGH_DATA, words, nothing, nothing))
    findings.append(_volume(search, group, period.end, config))
    latest = max(datetime.now(UTC), period.end) + CLOCK_TOLERANCE
    findings.extend(_clock(ahead(search, group.log_group, latest), window.predictions))
    return window, findings


def _volume(search: OpenSearch, group: Group, end: datetime, config: Config) -> Finding:
    """Always of a whole window, also where the reference cut off a part of the one that is compared."""
    length = timedelta(minutes=config.window_minutes)
    *before, now = history(search, group.log_group, end, length, min(MOST_WINDOWS, HISTORY // length) + 1) or [0]
    return judge_volume(before, now)


def _holds_numbers(frozen: Distribution) -> bool:
    """Also where no value was known: whatever the field has become since, it can be counted as known or missing."""
    return bool(frozen.edges) or not frozen.known


def _clock(late: int, predictions: int) -> Iterable[Finding]:
    if late:
        counts = Distribution(("in time", "ahead of time"), (predictions, late))
        before = Distribution(counts.bins, (0, 0))
        carried = f"{counted(late, 'prediction')} with a time that is still to come"
        words = f"{carried}, in no window: some clock is wrong"
        yield Finding(CLOCK, Verdict.WARNING, words, before, counts)


def _words(verdict: Verdict, findings: list[Finding], window: Window, config: Config) -> str:
    worst = [f for f in findings if f.verdict is verdict]
    if verdict in (Verdict.DRIFT, Verdict.WARNING):
        return "; ".join(f.words for f in worst)
    if window.predictions < config.minimum:
        return f"{window.predictions:,} of the {config.minimum:,} predictions needed in the window"
    return "as in the reference" if verdict is Verdict.STABLE else "; ".join(f.words for f in worst)
