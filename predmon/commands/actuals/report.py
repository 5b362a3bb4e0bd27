"""What became of a file of actuals, as a person reads it in a terminal of 80 columns."""

from collections import Counter
from collections.abc import Iterable, Sequence

from predmon.commands.actuals.known_labels import KnownLabels
from predmon.commands.actuals.rows import RefusedRow
from predmon.commands.actuals.storing import MIXED_LABELS, STRANGE_LABEL, Result
from predmon.terminal import Terminal, escape
from predmon.wording import count_of

MOST_LINES = 10
"""How many refused rows are printed; the rest are counted."""
MOST_NAMES = 10
MEANING = {
    "joined": "each beside its prediction",
    "waiting": "nobody has looked for their predictions yet",
    "unknown": "no prediction has this id so far; looked for again",
    "refused": "see why below",
    "superseded": "a newer actual for the same prediction counts",
}
REASONS = {
    "other_kind": "other_kind: the truth is a number, a label or several labels, and the prediction is not",
    "ambiguous": "ambiguous: predictions of several log groups have this id; name one in `log_group`",
    "several_predictions": "several_predictions: the id names several predictions of one model",
}
out = Terminal()


def print_found(found: Counter[str]) -> None:
    """Print what several rows for one prediction were."""
    if number := found["repeated"]:
        out.print(f"  {count_of(number, 'prediction')} with the same row more than once")
    if number := found["corrected"]:
        out.print(f"  {count_of(number, 'prediction')} with several times: the newest row counts")
    if number := found["disagreement"]:
        out.print(
            f"  {count_of(number, 'prediction')} on which annotators disagree: {found['decided']:,} decided by the "
            f"majority, {number - found['decided']:,} refused (--annotators refuse|majority)",
            soft_wrap=True,
        )


def print_result(result: Result) -> None:
    """Print what was stored and what became of it."""
    how = ", ".join(f"{count:,} {word}" for word, count in result.stored.most_common())
    out.print(f"  stored     {result.stored.total() - result.stored['older']:>8,}  {how}")
    if number := result.stored["older"]:
        out.print(f"  older      {number:>8,}  what is stored is of a later time, so it stays")
    for state, meaning in MEANING.items():
        number = result.states[state]
        if state in ("joined", "unknown") or number:
            out.print(f"  {state:10} {number:>8,}  {meaning if number else ''}".rstrip())
        if state == "unknown" and result.unknown:
            them = ", ".join(sorted(result.unknown))
            out.print(f"                       such as {escape(them[:48])}{'…' if len(them) > 48 else ''}")
    for reason, count in sorted(result.states.items()):
        _, _, name = reason.partition(": ")
        if name and name != "not_found":
            out.print(f"             {count:>8,}  {REASONS.get(name) or reason.replace('_', ' ')}", soft_wrap=True)
    if number := result.named["ids"]:
        out.print(
            f"[yellow]  {count_of(number, 'id')} {'names' if number == 1 else 'name'} several predictions "
            f"({result.named['predictions']:,} in all)[/]: each truth is\n"
            "  joined to one of them (--several newest, oldest or refuse).",
            soft_wrap=True,
        )
    if number := result.named["copies"]:
        out.print(f"  {number:,} also given to another model that used the same id")


def print_refused(refused: Sequence[RefusedRow], number: int, unit: str) -> None:
    """Print why rows were refused; `number` is that of all of them."""
    for row in refused[:MOST_LINES]:
        out.print(f"[yellow]  {unit} {row.line} refused[/]: {escape(row.reason)}", soft_wrap=True)
    if number > MOST_LINES:
        out.print(f"[yellow]  and {count_of(number - MOST_LINES, 'more row')} refused[/]")


def print_labels(known: KnownLabels | None, groups: Iterable[str], refused: Sequence[RefusedRow]) -> None:
    """Print the labels that there are, where rows were refused for theirs, and what takes them."""
    groups = sorted(groups)
    if known is None or not groups:
        return
    for group in groups[:MOST_NAMES]:
        names = sorted(known.of_groups.get(group, ()))
        more = "" if known.is_whole and len(names) <= MOST_NAMES else ", …"
        if names:
            out.print(f"  The labels of {escape(group)}: {escape(', '.join(names[:MOST_NAMES]))}{more}", soft_wrap=True)
    if any(row.reason.startswith((STRANGE_LABEL, MIXED_LABELS)) for row in refused):
        out.print("  If they differ only in upper and lower case, or in how they write yes and no:\n  --ignore-case")
    out.print("  If such a label is right, send the file again with --new-labels.")
