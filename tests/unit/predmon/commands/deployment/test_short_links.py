"""A link in a terminal is short, since what stands behind a `#` is lost when somebody has to sign in first."""

import boto3
import pytest

from predmon.commands.deployment.short_links import short_link_to
from predmon.commands.deployment.target import Target
from tests.unit.predmon.commands.conftest import Server

PATH = "/app/dashboards#/view/mlops-dashboard?_g=(time:(from:'2026-05-01',to:'2026-05-02'))"


@pytest.fixture
def target(server: Server) -> Target:
    """Return a stack on this server, whose permalink names a tenant."""
    outputs = {"OpenSearchUrl": server.url, "DashboardsUrl": server.url}
    outputs["DashboardUrl"] = f"{server.url}/goto/main?security_tenant=global"
    return Target(outputs, boto3.Session(), server.url)


def test_dashboards_makes_the_link_in_the_tenant_of_the_permalink(target: Target, server: Server) -> None:
    server.answers["POST /api/shorten_url"] = {"urlId": "abc"}

    assert short_link_to(target, PATH) == f"{server.url}/goto/abc?security_tenant=global"
    assert b"/app/dashboards?security_tenant=global#/view/mlops-dashboard?_g=(" in server.requests[-1][1]


def test_where_dashboards_makes_no_link_the_permalink_stands_for_it(target: Target) -> None:
    assert short_link_to(target, PATH) == target.outputs["DashboardUrl"]


def test_a_report_without_a_link_has_the_permalink(target: Target) -> None:
    assert short_link_to(target, "") == target.outputs["DashboardUrl"]
