"""From predictions to the lines of bulk requests."""
