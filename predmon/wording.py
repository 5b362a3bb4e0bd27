"""Small pieces of text that several messages share."""


def count_of(count: int, noun: str) -> str:
    """Return a count with its noun: `1 prediction`, `2,140 predictions`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
