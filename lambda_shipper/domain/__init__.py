"""What the domain is, answers and holds: the client, the indices and their fields."""
