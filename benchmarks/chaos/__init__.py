"""Everything that may go wrong, at random and all at once, and then an exact count of what is left."""
