"""What watches the predictions on a schedule."""
