"""The inference function. It takes a sentence, returns a prediction, and prints a log line for the monitoring."""
