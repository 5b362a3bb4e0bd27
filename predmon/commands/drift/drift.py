"""`predmon drift`: freeze a reference, show the newest comparison, or try a comparison on a file."""

from predmon.lazy_group import LazyGroup

COMMANDS = {
    "baseline": ("drift.freezing", "baseline", "Freeze a period as the reference for later comparisons."),
    "accept": ("drift.freezing", "accept_version", "Accept a new model version as normal."),
    "report": ("drift.report", "report", "Show what the newest comparison found."),
    "simulate": ("drift.simulation", "simulate", "Show how the sentences in a file would compare."),
}

drift = LazyGroup("drift", places=COMMANDS, inside="drift ", help="Compare predictions with a reference window.")
