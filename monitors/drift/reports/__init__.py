"""What a run says: documents, metrics and events."""
