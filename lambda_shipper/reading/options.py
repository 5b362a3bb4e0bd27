"""What a deployment's settings say of reading its log lines."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from lambda_shipper.config import Config
from lambda_shipper.reading.names import NO_SETTINGS, Meanings


class Options(NamedTuple):
    """How the lines of one log group are read."""

    meanings: Meanings = NO_SETTINGS
    """The names of labels and scores, with the user's own."""
    list_means: str = ""
    """What a list means that does not say so itself: `classes`, `values`, `labels`, or nothing said."""
    envelopes: frozenset[str] = frozenset()
    """Further keys whose text or object counts as the line's own."""
    may_tell_others: bool = False
    """Whether actuals of this log group may name another one."""


DEFAULT = Options()


def options_for(config: Config, log_group: str) -> Options:
    """Return the options of a log group."""
    chosen = config.label_fields or config.score_fields or config.list_means or config.envelopes
    return _options(config, log_group) if chosen or config.actuals_log_groups else DEFAULT


@lru_cache(maxsize=4096)  # an account has hundreds of log groups, which take turns
def _options(config: Config, log_group: str) -> Options:
    means = dict.fromkeys([""], "")
    for each in config.list_means:
        group, _, meaning = each.rpartition(":")
        means[group] = meaning
    return Options(
        Meanings(config.label_fields, config.score_fields),
        means.get(log_group, means[""]),
        frozenset(config.envelopes),
        log_group in config.actuals_log_groups,
    )
