"""A local replacement for Dashboards. It takes the same import and draws the imported objects from live data."""
