"""What a person runs: the command-line tool `predmon` and the local cloud behind it."""
