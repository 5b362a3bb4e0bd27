"""Programs that the commands and the local cloud start: Java, Node with the CDK, and a browser."""
