"""The connection to the domain."""

from __future__ import annotations

from opensearchpy import OpenSearch, Urllib3AWSV4SignerAuth, Urllib3HttpConnection

from drift_lambda.config import Config

TIMEOUT_SECONDS = 60


def open_client(config: Config) -> OpenSearch:
    """Return an OpenSearch client that signs as the function's role. It repeats a lost or refused request twice."""
    auth = None
    if config.opensearch_auth == "sigv4":
        import boto3

        auth = Urllib3AWSV4SignerAuth(boto3.Session().get_credentials(), config.opensearch_region, "es")
    return OpenSearch(
        config.opensearch_url,
        http_auth=auth,
        connection_class=Urllib3HttpConnection,
        timeout=TIMEOUT_SECONDS,
        max_retries=2,
        retry_on_timeout=True,
        retry_on_status=(429, 502, 503, 504),
    )
