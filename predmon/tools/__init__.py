"""Programs that the commands and the local cloud start: Java, Node and the CDK, a browser."""
