"""Waits until a stream that is about to be removed has been read to its end."""
