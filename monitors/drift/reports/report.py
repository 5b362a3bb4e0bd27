"""What a run says, as documents in `drift-YYYY.MM` and `drift-now`, and as metrics in CloudWatch."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from opensearchpy import OpenSearch, helpers

from contracts.indices import DRIFT
from contracts.visible import visible
from monitors.drift.judgement.verdict import Finding, Verdict
from monitors.drift.reports.run import Run, make_link
from monitors.drift.statistics.derived import coarser
from monitors.drift.statistics.distribution import MISSING, CrossTable, Distribution, Tally
from monitors.drift.windows.history import REPORTS
from monitors.reporting.holding import add_held
from monitors.reporting.keeping import forget_gone
from monitors.reporting.metrics import NAMESPACE, put
from monitors.reporting.periods import format_iso

(NOW,) = DRIFT.fixed_names
"""Holds the newest run of each group, so that a page can show every model once, the worst first."""
CONFLICT, GONE = 409, 404
MOST_BINS = 30
REST = "(all others)"
MOST_OF_A_NAME = 1024
"""What CloudWatch takes of a dimension, in ASCII without control characters."""
SEVERER = 1e12
"""More than any time in seconds. The largest `worst_first` is the newest of the worst verdicts."""
PSI_LIMITS = {"psi_warning": 0.1, "psi_drift": 0.25}
"""The customary limits, stored beside each PSI so that a chart can draw them. They decide nothing."""


def make_documents(run: Run) -> Iterable[dict[str, Any]]:
    """Yield the bulk actions of a run: a document for the run, for each signal, and for each bin of a signal."""
    into = name_index(run)
    head = run.summary()
    verdict = _describe_verdict(run)
    began = {"since": format_iso(run.since["run"])} if "run" in run.since else {}
    yield make_action(into, run, "run", {**head, "kind": "run", **verdict, **began})
    for finding in run.findings:
        document = {**head, "kind": "signal", **list_measures(finding, run), **PSI_LIMITS}
        yield make_action(into, run, finding.signal, document)
        # Sorts by time: a chart takes the newest alone, since its bins and another's need not be the same.
        known = finding.verdict is not Verdict.NOT_ENOUGH_DATA
        comparison: dict[str, Any] = {}
        if known:
            comparison["comparison"] = f"{run.period.end:%Y-%m-%d %H:%M:%S} UTC, {run.group}"
            comparison["worst_first"] = run.verdict.severity * SEVERER + run.period.end.timestamp()
        bins = list(_list_bins(finding.reference, finding.current))
        digits = max(2, len(str(len(bins) - 1)))
        for number, bin_ in enumerate(bins):
            label = f"{number:0{digits}} {bin_['name']}"  # charts sort it as text
            named = {"number": number, "label": label, **bin_}
            document = {**head, **comparison, "kind": "bin", "signal": finding.signal, "bin": named}
            yield make_action(into, run, f"{finding.signal} {number}", document)


def make_newest(run: Run) -> dict[str, Any]:
    """Return the bulk action that writes a run over an older one of its group, and not over a newer one."""
    identity = hashlib.sha256(f"{run.group} now".encode()).hexdigest()[:32]
    version = {"version": int(run.period.end.timestamp() * 1000), "version_type": "external_gte"}
    began = {"since": format_iso(run.since["run"])} if "run" in run.since else {}
    document = {**run.summary(), "kind": "now", **_describe_verdict(run), **began}
    return {"_op_type": "index", "_index": NOW, "_id": identity, **version, "_source": document}


def _describe_verdict(run: Run) -> dict[str, Any]:
    """Return a run's verdict, in words and in numbers that charts can sort and count by.

    `judged` is 1 where something could be said, so that a chart can tell silence from all being well.
    """
    verdict = run.verdict
    judged = int(verdict is not Verdict.NOT_ENOUGH_DATA)
    numbers = {"severity": verdict.severity, "rank": verdict.rank, "judged": judged}
    return {"verdict": verdict, **numbers, "words": run.explanation}


def name_index(run: Run) -> str:
    """Return the name of the month's index."""
    return DRIFT.name_at(run.period.end)


def list_measures(finding: Finding, run: Run) -> dict[str, Any]:
    """Return a finding as it is stored and sent, without its distributions; what was not measured is left out."""
    since = run.since.get(finding.signal)
    values = {
        "signal": finding.signal,
        "verdict": finding.verdict,
        "severity": finding.verdict.severity,
        "words": finding.explanation,
        "look": finding.look,
        "looked_at": make_link(run.group, finding.period) if finding.period else None,
        "since": format_iso(since) if since and finding.verdict.severity else None,
        "compared_with": finding.against or None,
        "psi": finding.psi,
        "jensen_shannon": finding.jensen_shannon,
        "effect": finding.effect,
        "test": finding.test,
        "statistic": finding.statistic,
        "p_value": finding.p_value,
        "ks_p_value": finding.ks_p_value,
        "p_adjusted": finding.p_adjusted,
        "dispersion": finding.dispersion,
        "part_of": finding.part_of or None,
        **finding.details,
    }
    if terms := values.get("terms"):
        values["terms"] = [_link_term(each, finding, run) for each in terms]
    return {name: value for name, value in values.items() if value is not None}


def _link_term(term: Mapping[str, Any], finding: Finding, run: Run) -> dict[str, Any]:
    """Return a term with the address of the predictions that have it, where it is a word."""
    if term["term"].startswith("("):
        return dict(term)
    return {**term, "link": make_link(run.group, finding.period or run.period, term["term"])["link"]}


def _list_bins(reference: Tally, current: Tally) -> Iterable[dict[str, Any]]:
    """Yield both beside each other, numbers in the bins that the PSI is of, of categories the most frequent."""
    if isinstance(reference, CrossTable) or isinstance(current, CrossTable):
        return
    if reference.edges:
        reference, current = coarser(reference, current)
    reference, current = _keep_most_frequent(reference, current)
    rows = zip(reference.bins, reference.counts, reference.shares, current.counts, current.shares, strict=True)
    for name, before, share_before, now, share_now in rows:
        yield {
            "name": name,
            "reference": round(before),
            "current": round(now),
            "reference_share": share_before,
            "current_share": share_now,
        }


def _keep_most_frequent(reference: Distribution, current: Distribution) -> tuple[Distribution, Distribution]:
    """Return the bins; of more than a chart can show the most frequent, and the rest as one."""
    both = zip(reference.bins, reference.counts, current.counts, strict=True)
    kept = [each for each in both if each[0] != MISSING or each[1] or each[2]]
    if len(kept) > MOST_BINS:
        kept.sort(key=lambda each: -(each[1] + each[2]))
        rest = kept[MOST_BINS - 1 :]
        kept = [*kept[: MOST_BINS - 1], (REST, sum(each[1] for each in rest), sum(each[2] for each in rest))]
    names, before, now = zip(*kept, strict=True) if kept else ((), (), ())
    return Distribution(tuple(names), tuple(before)), Distribution(tuple(names), tuple(now))


def make_action(into: str, run: Run, part: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the bulk action for a part of a run, under an id that is the same each time."""
    identity = hashlib.sha256(f"{run.identity} {part}".encode()).hexdigest()[:32]
    return {"_op_type": "index", "_index": into, "_id": identity, "_source": document}


def write(search: OpenSearch, run: Run) -> None:
    """Store a run, and remove what an earlier judgement of the same window said and this one does not.

    Raises `BulkIndexError` where any document is refused. Searches see it after `finish`.
    """
    actions = list(make_documents(run))
    filters = [{"term": {"run": run.identity}}, {"terms": {"kind": ["run", "signal", "bin"]}}]
    body = {"size": 10_000, "query": {"bool": {"filter": filters}}, "_source": False}
    found = search.search(index=REPORTS, body=body, ignore_unavailable=True, allow_no_indices=True)["hits"]["hits"]
    kept = {each["_id"] for each in actions}
    stale = [
        {"_op_type": "delete", "_index": hit["_index"], "_id": hit["_id"]} for hit in found if hit["_id"] not in kept
    ]
    _send(search, actions, but=())
    _send(search, stale, but=(GONE,))  # another run of the same window may have removed them
    newest = [make_newest(run)]
    add_held(search, NOW, newest, "verdict")
    _send(search, newest, but=(CONFLICT,))


def finish(search: OpenSearch, runs: Sequence[Run]) -> None:
    """Forget groups that are long gone, and let the pages see all that was stored."""
    if runs:
        forget_gone(search, NOW, max(run.period.end for run in runs))
    search.indices.refresh(index=REPORTS, params={"ignore_unavailable": "true"})


def _send(search: OpenSearch, actions: Sequence[dict[str, Any]], *, but: Sequence[int]) -> None:
    helpers.bulk(search, actions, ignore_status=but)


def make_metrics(runs: Iterable[Run], *, of_signals: bool) -> list[dict[str, Any]]:
    """Return CloudWatch data: the worst severity of all runs (what the alarm watches), and that of each log group.

    Severity: 0 nothing to act on, 1 warning, 2 drift. `DriftJudged` counts the groups that had enough data; where none
    had, there is no severity, so that silence does not end an alarm. `of_signals` adds three metrics for each signal.
    """
    judged = [run for run in runs if run.verdict is not Verdict.NOT_ENOUGH_DATA]
    data: list[dict[str, Any]] = [{"MetricName": "DriftJudged", "Value": len(judged)}]
    if judged:
        data.append({"MetricName": "DriftSeverity", "Value": max(map(_get_severity, judged))})
    worst: dict[str, int] = {}
    for run in judged:
        worst[run.group.log_group] = max(worst.get(run.group.log_group, 0), _get_severity(run))
    for log_group, severity in worst.items():
        of_group = [{"Name": "LogGroup", "Value": log_group}]
        data.append({"MetricName": "DriftSeverity", "Dimensions": of_group, "Value": severity})
    if of_signals:
        data += [each for run in judged for finding in run.findings for each in _make_signal_metrics(run, finding)]
    return data


def _get_severity(run: Run) -> int:
    return run.verdict.severity if run.alarms else 0


def _make_signal_metrics(run: Run, finding: Finding) -> Iterable[dict[str, Any]]:
    # CloudWatch refuses the whole call otherwise.
    signal = visible(finding.signal).encode("ascii", "replace").decode()[:MOST_OF_A_NAME]
    dimensions = [{"Name": "LogGroup", "Value": run.group.log_group}, {"Name": "Signal", "Value": signal}]
    values = {"Psi": finding.psi, "JensenShannon": finding.jensen_shannon, "Effect": finding.effect}
    for name, value in values.items():
        if value is not None:
            yield {"MetricName": name, "Dimensions": dimensions, "Value": float(value)}


def publish(cloudwatch: Any, runs: Iterable[Run], namespace: str = NAMESPACE, *, of_signals: bool = False) -> None:
    """Put the metrics into `namespace`."""
    put(cloudwatch, make_metrics(runs, of_signals=of_signals), namespace)
