"""What the search index costs: bytes, indexing time, and one reload of each dashboard."""
