"""The function that looks after past days: it folds them into few indices, deletes old ones, and says what is left."""
