"""The checks of `make check` beside format, lint and types: templates, workflows, dependencies."""
