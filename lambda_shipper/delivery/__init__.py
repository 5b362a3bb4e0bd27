"""Delivery: bulk requests, refusals, and what became of every log event."""
