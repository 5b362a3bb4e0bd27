"""What was not delivered yet, or to another domain: `replay`, `backfill`, `migrate`."""
