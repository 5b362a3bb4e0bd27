"""`predmon quality`: how right the model is."""
