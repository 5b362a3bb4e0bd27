"""`predmon quality`: how right the model is, and what it is held against."""

from predmon.lazy_group import LazyGroup

COMMANDS = {
    "report": ("quality.report", "report", "Show the newest run: how right the predictions were."),
    "baseline": ("quality.freezing", "baseline", "Hold the quality against a period from now on."),
}

quality = LazyGroup(
    "quality",
    places=COMMANDS,
    inside="quality ",
    help="Say how often the model was right, once the truth is known.",
)
