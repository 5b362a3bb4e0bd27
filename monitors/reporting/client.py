"""The connection to the domain."""

from __future__ import annotations

from opensearchpy import OpenSearch, Urllib3AWSV4SignerAuth, Urllib3HttpConnection

TIMEOUT_SECONDS = 60


def open_search(url: str, auth: str, region: str) -> OpenSearch:
    """Return a client that tries a lost or refused request twice more.

    With `auth` `sigv4` it signs each request with the function's own role; with `none` it sends them bare.
    """
    signer = None
    if auth == "sigv4":
        import boto3

        signer = Urllib3AWSV4SignerAuth(boto3.Session().get_credentials(), region, "es")
    return OpenSearch(
        url,
        http_auth=signer,
        connection_class=Urllib3HttpConnection,
        timeout=TIMEOUT_SECONDS,
        max_retries=2,
        retry_on_timeout=True,
        retry_on_status=(429, 502, 503, 504),
    )
