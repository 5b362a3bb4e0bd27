"""References: what was normal, how it is frozen and kept."""
