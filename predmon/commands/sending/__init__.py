"""What goes in: `send` and `check-line`."""
