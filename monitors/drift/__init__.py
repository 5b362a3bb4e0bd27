"""Drift: compares the predictions of the last window with a frozen reference and says what changed."""
