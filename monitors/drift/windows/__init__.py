"""Windows: what is asked of OpenSearch, and the counts that come back."""
