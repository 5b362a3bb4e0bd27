"""AWS: `doctor`, `cost`, `deploy`, `destroy`, `people`."""
