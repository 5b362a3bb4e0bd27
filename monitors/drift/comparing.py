"""One run: each group's window against its reference, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from opensearchpy import OpenSearch

from monitors.drift.config import Config
from monitors.drift.judgement.signals import CLOCK
from monitors.drift.judgement.usual_traffic import HISTORY_DAYS
from monitors.drift.judgement.verdict import Finding, Rule, Verdict, pick_overall
from monitors.drift.judgement.volume import judge_volume
from monitors.drift.looking import Compared, compare_with
from monitors.drift.references.freezing import freeze_first, grow
from monitors.drift.references.reference import AUTOMATIC, Card, choose_in_force, list_cards, load
from monitors.drift.reports import sentences
from monitors.drift.reports.run import Run
from monitors.drift.statistics.distribution import Distribution
from monitors.drift.windows.counting import count_ahead, count_lines
from monitors.drift.windows.fields import Field, find_fields
from monitors.drift.windows.groups import find_model_names
from monitors.drift.windows.history import find_bad_since, find_reported_volumes
from monitors.drift.windows.searching import ask, of_group, read_total, without_failed
from monitors.drift.windows.traffic import count_traffic
from monitors.reporting.periods import Group, Period
from monitors.reporting.wording import format_count

CLOCK_TOLERANCE = timedelta(minutes=5)
ACCEPTED_AFTER = timedelta(days=7)
"""A new model version is compared with the one before for this long, unless a person accepts it earlier."""
LONGEST_LOOK = timedelta(days=7)


@dataclass(frozen=True)
class References:
    """What a window is compared with: the version's own reference, and that of the version before."""

    own: Card | None
    before: Card | None
    predictions: int
    """How many predictions the version has, where it has no reference yet."""


def make_rule(config: Config) -> Rule:
    """Return the decision rule with the deployment's thresholds."""
    return Rule(minimum=config.minimum, warning_effect=config.warning_effect, drift_effect=config.drift_effect)


def compare(search: OpenSearch, group: Group, period: Period, config: Config) -> Run:
    """Judge one group's window, after freezing the reference of a version that has enough predictions for one."""
    found = find_references(search, group, period, config)
    fields = find_fields(search, Period(period.end - LONGEST_LOOK, period.end), config)
    compared = _compare_with_each(search, group, period, found, fields, config)
    findings = [*_pick_worst(compared), *_judge_beside(search, group, period, config)]
    return _make_run(search, group, period, found, compared, findings, config)


def find_references(search: OpenSearch, group: Group, period: Period, config: Config) -> References:
    """Return what a window is compared with; freezes a first reference, or a grown one, where one is due."""
    known = list_cards(search, group.log_group)
    count = 0
    if not any(card.group == group for card in known):
        first, count = freeze_first(search, group, config, known)
        known = [*([first.card] if first else []), *known]
    elif grown := grow(search, group, period.start, config, known):
        known = [grown.card, *known]
    own = choose_in_force(known, group, period.start)
    return References(own, _find_version_before(known, group, period, own), count)


def _find_version_before(known: Sequence[Card], group: Group, period: Period, own: Card | None) -> Card | None:
    """Return the reference of the version before, as long as neither a person nor time has accepted this one."""
    if own is not None:
        of_version = [card for card in known if card.group == group]
        begun = min(card.period.start for card in of_version)
        by_person = any(card.origin != AUTOMATIC for card in of_version)
        if by_person or period.start - begun >= ACCEPTED_AFTER:
            return None
    else:
        begun = period.end
    others = [card for card in known if card.group != group and card.period.start < begun]
    accepted = [card for card in others if _is_accepted(card, known, begun)]
    candidates = accepted or others
    if not candidates:
        return None
    latest = max(candidates, key=lambda card: min(c.period.start for c in known if c.group == card.group))
    return choose_in_force(known, latest.group, begun)


def _is_accepted(card: Card, known: Sequence[Card], now: datetime) -> bool:
    """Tell whether a version was accepted: by a person, by time, or because there was none before it."""
    own = [each for each in known if each.group == card.group]
    begun = min(each.period.start for each in own)
    by_person = any(each.origin != AUTOMATIC for each in own)
    earliest = min(each.period.start for each in known) == begun
    return by_person or earliest or now - begun >= ACCEPTED_AFTER


def _compare_with_each(
    search: OpenSearch,
    group: Group,
    period: Period,
    found: References,
    fields: Mapping[str, Field],
    config: Config,
) -> list[Compared]:
    """Compare with the version before and with the version's own reference, as far as there are these."""
    decision = make_rule(config).share_error(bool(found.before) + bool(found.own))
    compared = []
    if found.before:
        compared.append(compare_with(search, group, period, load(search, found.before), fields, config, decision))
    if found.own:
        # A window that a reference was frozen from must not confirm it.
        start = max(period.start, min(found.own.period.end, period.end))
        own = load(search, found.own)
        compared.append(compare_with(search, group, Period(start, period.end), own, fields, config, decision))
    return compared


def _pick_worst(compared: Sequence[Compared]) -> list[Finding]:
    """Return each signal's worst finding, the own reference's where they say the same."""
    worst: dict[str, Finding] = {}
    for each in reversed(compared):
        for finding in each.findings:
            of_other = len(compared) > 1 and each is compared[0]
            named = replace(finding, against=each.reference.group.model_version) if of_other else finding
            kept = worst.setdefault(finding.signal, named)
            if finding.verdict.rank > kept.verdict.rank:
                worst[finding.signal] = named
    return list(worst.values())


def _judge_beside(search: OpenSearch, group: Group, period: Period, config: Config) -> Iterable[Finding]:
    """Yield what is judged without a reference: the number of predictions, and clocks that are ahead of time."""
    window = timedelta(minutes=config.window_minutes)
    earlier = Period(period.end - timedelta(days=HISTORY_DAYS + 1), period.start)
    reported = find_reported_volumes(search, group.log_group, earlier)
    yield judge_volume(count_traffic(search, group.log_group, period.end, reported), window)
    late = count_ahead(search, group.log_group, max(datetime.now(UTC), period.end) + CLOCK_TOLERANCE)
    if late:
        counts = Distribution(("ahead of time",), (late,))
        text = (
            f"{format_count(late, 'prediction')} with a time that is still to come, in no window: some clock is wrong"
        )
        yield Finding(CLOCK, Verdict.WARNING, text, Distribution(counts.bins, (0,)), counts)


def _make_run(
    search: OpenSearch,
    group: Group,
    period: Period,
    found: References,
    compared: Sequence[Compared],
    findings: list[Finding],
    config: Config,
) -> Run:
    raw = count_lines(search, group.log_group, period)[1]
    predictions = compared[0].window.predictions if compared else 0
    verdict = pick_overall(findings, predictions, make_rule(config))
    if found.own is None and verdict is Verdict.STABLE:
        verdict = Verdict.NOT_ENOUGH_DATA
    preliminary = any(each.is_preliminary for each in compared)
    held = predictions
    if not compared or compared[0].window.period != period:  # the second look compares with what the whole window held
        held = read_total(ask(search, {"query": without_failed(of_group(group, period))}))
    since: dict[str, datetime] = {}
    if verdict.severity:
        since = {**find_bad_since(search, group, period)}
        for name in ("run", *(each.signal for each in findings if each.verdict.severity)):
            since.setdefault(name, period.start)
    decisive = _pick_decisive(found, findings, verdict)
    text = _explain(group, found, findings, verdict, predictions, since.get("run"), decisive, config)
    if preliminary and verdict.severity and decisive:
        text += sentences.explain_preliminary(decisive)
    text += sentences.explain_names(find_model_names(search, group, period))
    return Run(group, period, held, verdict, text, tuple(findings), decisive, preliminary, raw, since)


def _pick_decisive(found: References, findings: Sequence[Finding], verdict: Verdict) -> Card | None:
    """Return the reference that the run's verdict comes from."""
    if found.own is None or any(each.against and each.verdict is verdict for each in findings):
        return found.before or found.own
    return found.own


def _explain(
    group: Group,
    found: References,
    findings: Sequence[Finding],
    verdict: Verdict,
    predictions: int,
    since: datetime | None,
    decisive: Card | None,
    config: Config,
) -> str:
    still = ""
    if found.own is None:
        still = f"{found.predictions:,} of the {config.reference_size:,} predictions that its own reference takes"
        if found.before is None and not verdict.severity:
            return f"no reference yet: {found.predictions:,} of the {config.reference_size:,} predictions it takes"
    if verdict.severity:
        text = sentences.explain_bad(verdict, findings, since, decisive)
    elif verdict is Verdict.STABLE or predictions >= config.minimum:
        text = sentences.explain_stable(findings)
    else:
        text = f"{predictions:,} of the {config.minimum:,} predictions needed in the window"
    if found.before:
        has = f", since {group} has {still}" if still else ", until a person or a week accepts this one"
        text += f"; compared with version {found.before.group.model_version}{has}"
    return text
