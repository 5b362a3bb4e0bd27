"""Ships predictions from a log group's subscription to OpenSearch; `handler` is its table of contents."""
