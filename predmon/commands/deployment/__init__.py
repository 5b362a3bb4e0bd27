"""The deployment that a command works on, and its settings."""
