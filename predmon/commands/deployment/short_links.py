"""Short links into Dashboards, for people who read a terminal."""

from urllib.parse import parse_qs, urlsplit

from dashboards.importer.config import Config
from dashboards.importer.connection import ServerError, connect
from dashboards.importer.dashboards_api import VIEW, short_link
from predmon.commands.deployment.target import Target


def short_link_to(target: Target, path: str) -> str:
    """Return a short link to a page of Dashboards: what stands behind a `#` is lost when somebody has to sign in first.

    `path` is as reports hold it. Where Dashboards makes no link, the result is the permalink of the main page.
    """
    permalink = target.outputs.get("DashboardUrl", "")
    _, found, view = path.partition(VIEW)
    if not found or not permalink:
        return permalink
    (tenant,) = parse_qs(urlsplit(permalink).query).get("security_tenant", [""])
    config = Config(
        opensearch_url=target.outputs["OpenSearchUrl"],
        dashboards_url=target.outputs["DashboardsUrl"],
        opensearch_auth="none" if target.is_local else "sigv4",
        dashboards_tenant=tenant,
    )
    try:
        return short_link(connect(config)[1], view, tenant=tenant)
    except ServerError:
        return permalink
