"""Types of nodes of the search domain: which there are not, and which the managers have."""

import re

from stacks.settings.parsing import SettingsError

WITHOUT_EBS = ("i2", "i3", "i4g", "i4i", "i8g", "im4gn", "oi2", "r6gd", "r7gd", "r8gd")
"""Families whose nodes bring their own storage, so that volume_gib cannot be. The CDK refuses them, too."""
WITHOUT_ENCRYPTION = ("m3", "r3", "t2")
"""Families that cannot encrypt what they store, which this domain does. The CDK refuses them, too."""
MANAGERS = (
    (10, ("m6g.large.search", "m5.large.search")),
    (30, ("c6g.2xlarge.search", "c5.2xlarge.search")),
    (75, ("r6g.xlarge.search", "r5.xlarge.search")),
    (80, ("r6g.2xlarge.search", "r5.2xlarge.search")),
)
"""(most data nodes, (with Graviton, without)): OpenSearch Service developer guide, "Dedicated master nodes"."""


def manager_type(instance_type: str, data_nodes: int) -> str:
    """Return the type of the cluster managers, as AWS recommends it for this many data nodes.

    They have Graviton where the data nodes have it, and beside t3: not every region has every type.
    """
    family = instance_type.partition(".")[0]
    graviton, other = next(types for most, types in MANAGERS if data_nodes <= most)
    return graviton if family == "t3" or re.fullmatch(r"[a-z]+\d+gd?", family) else other


def check_instance_type(given: str) -> None:
    """Raise SettingsError for a type that a domain like this cannot have, with one that it can."""
    named = re.fullmatch(r"([a-z0-9]+)\.([a-z0-9]+)(\.(search|elasticsearch))?", given.strip().lower())
    if not named:
        raise SettingsError("instance_type", given, "a type of node, such as t3.small.search or r7g.large.search")
    family, size = named[1], named[2]
    instead, why = f"{family}.{size}.search", "the types of a search domain end so, in small letters"
    if family in WITHOUT_EBS:
        instead, why = "r7g.large.search", f"{family} nodes have no EBS storage, and take no volume_gib"
    elif family in WITHOUT_ENCRYPTION:
        small = family == "t2" and size in ("small", "medium")
        instead, why = f"t3.{size}.search" if small else "r7g.large.search", f"{family} nodes cannot encrypt at rest"
    elif family.startswith("ultrawarm"):
        instead, why = "r7g.large.search", "UltraWarm nodes stand beside data nodes and hold no new data"
    if given != instead:
        raise SettingsError("instance_type", given, f"{instead}: {why}")
