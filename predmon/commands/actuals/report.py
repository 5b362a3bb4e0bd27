"""What became of a file of actuals, as a person reads it in a terminal of 80 columns."""

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from predmon.commands.actuals.file import RefusedRow
from predmon.wording import count_of

MOST_LINES = 10
"""So many refused rows are printed; the rest are counted."""
MOST_IDS = 3
"""So many unknown ids are printed."""
STRANGE_LABEL = "no prediction ever had the label"
MEANING = {
    "joined": "each beside its prediction",
    "waiting": "nobody has looked for their predictions yet",
    "unknown": "no prediction has this id so far; looked for again",
    "refused": "see why below",
    "superseded": "a newer actual for the same prediction counts",
}
out = Console(highlight=False)


def print_stored(stored: Counter[str], states: Counter[str], unknown: Sequence[str]) -> None:
    """Print what was stored and what became of it; `unknown` are ids that no prediction has."""
    how = ", ".join(f"{count:,} {word}" for word, count in stored.most_common())
    out.print(f"  stored     {stored.total():>8,}  {how}")
    for state, meaning in MEANING.items():
        if state in ("joined", "unknown") or states[state]:
            out.print(f"  {state:10} {states[state]:>8,}  {meaning if states[state] else ''}".rstrip())
        if state == "unknown" and unknown:
            them = ", ".join(sorted(unknown)[:MOST_IDS])
            out.print(f"                       such as {escape(them[:48])}{'…' if len(them) > 48 else ''}")
    for reason, count in sorted(states.items()):
        if ": " in reason and not reason.endswith("not_found"):
            out.print(f"             {count:>8,}  {reason.replace('_', ' ')}")


def print_refused(refused: Sequence[RefusedRow]) -> None:
    """Print why rows were refused."""
    for row in refused[:MOST_LINES]:
        out.print(f"[yellow]  line {row.line} refused[/]: {escape(row.reason)}", soft_wrap=True)
    if len(refused) > MOST_LINES:
        out.print(f"[yellow]  and {count_of(len(refused) - MOST_LINES, 'more row')} refused[/]")
    if any(row.reason.startswith(STRANGE_LABEL) for row in refused):
        out.print("  If such a label is right, send the file again with --new-labels.")
