"""The local cloud: the real CDK app, a real OpenSearch node and the real Lambda handlers on one machine."""
