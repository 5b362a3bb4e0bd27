"""Infrastructure: one construct a file; the stack composes, grants and outputs."""
