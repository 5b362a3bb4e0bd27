"""`predmon`, the command-line tool."""
