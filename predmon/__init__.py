"""What a person runs: `predmon`, the command-line tool, and the local cloud behind it."""
