"""Whether the model was right: joins actuals to their predictions, and measures and judges the quality."""
