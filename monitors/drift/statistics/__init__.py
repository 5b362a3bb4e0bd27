"""Statistics of windows: pure functions of counts, without a client."""
