"""`predmon actuals`: what predictions should have been."""
