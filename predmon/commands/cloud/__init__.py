"""The local cloud and what runs: `up`, `down`, `status`, `open`, `logs`."""
