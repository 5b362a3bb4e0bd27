"""From a payload to predictions and actuals, as the lines hold them."""
