"""From counts to verdicts: signals, the rule, and what is said of them."""
