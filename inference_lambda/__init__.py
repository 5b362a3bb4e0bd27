"""The inference function: a sentence in, a prediction out, and one log line that the monitoring reads."""
