"""The commands of `predmon`, one module for each group of commands."""
