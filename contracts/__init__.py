"""What several parts must agree on: the environment, actuals, and the indices. Bundles carry a copy."""
