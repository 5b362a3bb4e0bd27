"""Benchmarks of the quality step: how often its judgement is wrong, and what an hourly run costs."""
