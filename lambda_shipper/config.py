"""The shipper's environment: one typed place, read once per invocation."""

from dataclasses import dataclass

from contracts.environment import STORE_TEXT, ConfigError, EnvironmentConfig, variable

MIB = 1024 * 1024
CHOICES = {
    "opensearch_auth": ("none", "sigv4"),
    "compress": ("never", "gzip"),
}
LIST_MEANINGS = ("classes", "values", "labels")


@dataclass(frozen=True)
class Config(EnvironmentConfig):
    """Every choice the shipper takes from outside. A field's variable is its name in upper case."""

    opensearch_url: str
    """Full URL of the domain: `https://…`, or `http://127.0.0.1:…` locally. A path in it is kept as a prefix."""
    opensearch_auth: str = "none"
    """`sigv4` signs each request as service `es` (and needs `opensearch_region`); `none` sends it bare."""
    opensearch_region: str = ""
    account: str = ""
    """The deployment's own account. Log groups of others are called `account:name`; empty: nobody else's come."""
    failure_bucket: str = ""
    """Where documents go that no form of can be indexed. Without one such an event fails its batch."""
    store_text: str = variable(
        "full", "what is kept of the text that was classified: full, hash or none", choices=STORE_TEXT
    )
    """`hash` is `sha256:…`, a pseudonym and not anonymity. It is of `text` and of `@message`."""
    chunk_bytes: int = 5 * MIB
    """Largest bulk request before compression; stay below the domain's own limit (10 MiB on the small instances)."""
    compress: str = "never"
    """`gzip` (level 1) costs half to all of the rest's CPU time again, for a tenth of the bytes; see decision 5."""
    max_batch_bytes: int = 64 * MIB
    """A payload that unpacks to more than this is refused as a decompression bomb."""
    request_timeout_seconds: float = 20.0
    """How long one bulk request may stay silent before it counts as lost and is sent again."""
    kept_fields: tuple[str, ...] = ()
    """Fields that somebody reads: they are indexed also when a function has too many keys."""
    replay_attempts: int = 5
    """How often a healthy domain may refuse a stored object before replay sets it aside."""
    label_fields: tuple[str, ...] = variable(
        (), "names under which your models log a label, beside those of docs/attach.md"
    )
    score_fields: tuple[str, ...] = variable(
        (), "names under which your models log a score, beside those of docs/attach.md"
    )
    list_means: tuple[str, ...] = variable(
        (),
        "what a bare list is: classes, values or labels; LOG_GROUP:values for one log group; "
        "empty: decided by its items",
    )
    envelopes: tuple[str, ...] = variable(
        (), "further keys of your loggers whose text or object counts as the line's own"
    )
    actuals_log_groups: tuple[str, ...] = variable((), "log groups whose actuals are for predictions of all log groups")

    def __post_init__(self) -> None:
        """Raise ConfigError if a value cannot work, before the first line of work is done."""
        super().__post_init__()
        self.require_url("opensearch_url")
        for name, allowed in CHOICES.items():
            self.require_choice(name, allowed)
        if self.opensearch_auth == "sigv4" and not self.opensearch_region:
            raise ConfigError("OPENSEARCH_REGION must be set when OPENSEARCH_AUTH is sigv4")
        for each in self.list_means:
            if each.rpartition(":")[2] not in LIST_MEANINGS:
                self._refuse("list_means", f"one of {', '.join(LIST_MEANINGS)}, or LOG_GROUP: before it")
        self.require_above_zero("chunk_bytes", "max_batch_bytes", "request_timeout_seconds", "replay_attempts")
