"""What a function that reports on a schedule needs, whatever it reports. The bundle of each carries a copy."""
