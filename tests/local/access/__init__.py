"""Tests of access. They are a package, so that their shared engine stops when they are done."""
