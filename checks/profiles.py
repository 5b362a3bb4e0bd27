"""The deployments whose templates `make check` and the tests look at."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aws_cdk as cdk

from app import compose
from stacks.settings import Settings

CDK_JSON = Path(__file__).parent.parent / "cdk.json"
FLAGS = {name: flag for name, flag in json.loads(CDK_JSON.read_text())["context"].items() if name.startswith("@")}
"""The CDK's own feature flags: with others the same app makes other templates."""
PROFILES: Mapping[str, Mapping[str, Any]] = {
    "dev": {"allowed_cidrs": "203.0.113.7/32"},
    "production": {"profile": "production", "alarm_email": "oncall@example.com"},
    # As production was before it had Cognito: those who have that keep it with these settings.
    "vpc": {"profile": "production", "sign_in": "password", "vpc": "new", "alarm_email": "oncall@example.com"},
    # A company's account: its own VPC and key, people who may look, many log groups, a pipeline that deploys.
    "company": {
        "profile": "production",
        "sign_in": "password",
        "vpc": "vpc-0123456789abcdef0",
        "subnet_ids": "subnet-0123456789abcdef0,subnet-0123456789abcdef1,subnet-0123456789abcdef2",
        "kms_key_arn": "arn:aws:kms:eu-central-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef",
        "viewer_roles": "arn:aws:iam::123456789012:role/data-science",
        "transport": "kinesis",
        "log_groups": "/aws/lambda/one,/aws/lambda/two,/aws/lambda/ml-*",
        "github_repository": "owner/name",
    },
    "local": {"profile": "local"},
}
"""Name → settings."""
SMALL_IN_VPC = {"vpc": "vpc-0123456789abcdef0", "subnet_ids": "subnet-0123456789abcdef0"}
WITH_ROLES = {"fine_grained_access": "true"}
SAML = {"sign_in": "saml", "saml_metadata": str(Path(__file__).parent / "identity_provider.xml"), **WITH_ROLES}
SIGN_IN: Mapping[str, Mapping[str, Any]] = {
    "address": PROFILES["dev"],
    "cognito": {"sign_in": "cognito"},
    "cognito-vpc": {"sign_in": "cognito", **SMALL_IN_VPC},
    "cognito-roles": {
        "sign_in": "cognito",
        "viewer_roles": "arn:aws:iam::123456789012:role/data-science",
        **WITH_ROLES,
    },
    "cognito-roles-vpc": {"sign_in": "cognito", "vpc": "new", **WITH_ROLES},
    "saml-roles": {"allowed_cidrs": "203.0.113.7/32", "viewer_roles": "analysts", "editor_roles": "ml", **SAML},
    "saml-roles-vpc": {"viewer_roles": "analysts", "editor_roles": "ml-engineers", **SMALL_IN_VPC, **SAML},
    "password-roles-vpc": {"sign_in": "password", **SMALL_IN_VPC, **WITH_ROLES},
}
"""Every sign-in, public and in a VPC, with and without fine-grained access control (`roles`), as far as they combine,
on the small node of `dev`."""


def composed(settings: Mapping[str, Any], outdir: Path | None = None, env: cdk.Environment | None = None) -> cdk.App:
    """Return the app as it is deployed with these settings, but without bundling."""
    app = cdk.App(context={**FLAGS, "aws:cdk:bundling-stacks": []}, outdir=str(outdir) if outdir else None)
    compose(app, Settings.from_context(settings), env)
    return app
