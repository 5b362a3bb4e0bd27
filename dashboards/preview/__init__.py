"""A local stand-in for Dashboards: takes the same import and draws the imported objects from live data."""
