"""The labels that predictions have had, so that misspelt ones are refused, and one notation is read as another.

They are known for each log group, for any number of labels.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from opensearchpy import OpenSearch

from contracts.labels import AS_BOOLEAN, AS_NUMBER, as_written
from monitors.quality.predictions import PREDICTIONS
from monitors.reporting.answers import ask

MOST_LABELS = 1000
"""How many labels of a log group are listed. If there are more, those of the file are looked for."""
MOST_GROUPS = 1000
UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
"""Characters that no program shows, such as a soft hyphen or a zero-width space."""
FOREIGN = ({"wahr", "falsch"}, {"ja", "nein"}, {"vrai", "faux"}, {"oui", "non"})
NOTATIONS = ({"true", "false"}, {"1", "0"}, {"yes", "no"}, {"y", "n"}, {"t", "f"}, *FOREIGN)
"""How tables write the two classes of a boolean."""
YES, NO = (
    {"true", "1", "yes", "y", "t", "wahr", "ja", "vrai", "oui"},
    {"false", "0", "no", "n", "f", "falsch", "nein", "faux", "non"},
)
TOLD = ({"true", "false"}, {"1", "0"}, {"yes", "no"})
"""The notations that are read without being asked to."""


@dataclass
class KnownLabels:
    """The labels of each log group, as far as a file needs them."""

    of_groups: Mapping[str, set[str]]
    is_whole: bool = True
    """Whether all labels are known, and not only those that the file has."""
    ignore_case: bool = False
    notations: set[str] = field(default_factory=set)
    """The labels of the file that may be a boolean's."""

    def read(self, label: str, log_group: str) -> str:
        """Return a label of the file as the predictions of a log group have it."""
        known = self.of_groups.get(log_group, set())
        if not known or label in known:
            return label
        if known <= (AS_NUMBER.keys() | AS_BOOLEAN.keys()):
            return self._boolean(label, next(iter(known)))
        alike = [each for each in known if self._fold(each) == self._fold(label)]
        return alike[0] if len(alike) == 1 else label

    def _fold(self, label: str) -> str:
        """Return a label without what cannot be seen: kinds of spaces, of widths, and of accents."""
        text = " ".join(UNSEEN.sub("", unicodedata.normalize("NFKC", label)).split())
        return text.casefold() if self.ignore_case else text

    def _boolean(self, label: str, other: str) -> str:
        """Return a boolean as the predictions write it, where the whole file writes booleans one way."""
        said = label.casefold() if self.ignore_case else label
        if not self.ignore_case and not any(self.notations <= each for each in TOLD):
            return label
        return as_written("true" if said in YES else "false" if said in NO else label, other)

    def knows(self, label: str, log_group: str | None) -> bool:
        """Return whether a prediction of this log group has had the label; of any group where none is given."""
        groups = self.of_groups.values() if log_group is None else [self.of_groups.get(log_group, set())]
        known = [each for each in groups if each]
        return not known or any(label in each for each in known)

    def is_mixed(self, label: str, log_group: str) -> bool:
        """Return whether a label may be a boolean, but the file writes booleans in several ways."""
        known = self.of_groups.get(log_group, set())
        is_boolean = bool(known) and known <= (AS_NUMBER.keys() | AS_BOOLEAN.keys())
        return is_boolean and not self.ignore_case and label.casefold() in YES | NO and len(self._ways()) > 1

    def _ways(self) -> list[set[str]]:
        return [each for each in NOTATIONS if {label.casefold() for label in self.notations} & each]


def find_labels(search: OpenSearch, labels: Iterable[str], *, ignore_case: bool) -> KnownLabels:
    """Return the labels that predictions have had. `labels` are those of the file, each at least once."""
    first, rest = itertools.tee(labels)
    notations = {label for label in first if label.casefold() in YES | NO}
    of_groups, is_whole = _ask(search, None)
    if not is_whole:
        wanted = iter(set(rest) | AS_NUMBER.keys() | AS_BOOLEAN.keys())
        while part := list(itertools.islice(wanted, MOST_LABELS)):
            for group, found in _ask(search, part)[0].items():
                of_groups.setdefault(group, set()).update(found)
    return KnownLabels(of_groups, is_whole, ignore_case, notations)


def _ask(search: OpenSearch, wanted: list[str] | None) -> tuple[dict[str, set[str]], bool]:
    """Return the labels of each log group, the most frequent ones or those that are wanted; and whether that is all."""
    terms: dict[str, Any] = {"size": MOST_LABELS} | ({"include": wanted} if wanted else {})
    names = ("label", "labels")
    inner = {name: {"terms": {"field": f"prediction.{name}.keyword", **terms}} for name in names}
    groups = {"terms": {"field": "@log_group.keyword", "size": MOST_GROUPS}, "aggs": inner}
    answer = ask(search, PREDICTIONS, {"size": 0, "aggs": {"groups": groups}})
    found: dict[str, set[str]] = {}
    is_whole = True
    for group in answer.get("aggregations", {}).get("groups", {}).get("buckets", ()):
        found[group["key"]] = {each["key"] for name in names for each in group[name]["buckets"]}
        is_whole &= not any(group[name]["sum_other_doc_count"] for name in names)
    return found, is_whole
