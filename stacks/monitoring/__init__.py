"""Alarms, the metrics they read, and the dashboard of the pipeline itself."""
