"""The check that keeps a domain at its version of OpenSearch until somebody asks for another one."""

import boto3

from predmon.commands.deploying.account_checks import CheckResult, CheckStatus, client_config
from stacks.settings import Settings

SUBJECT = "Engine"
GUIDE = "docs/operations.md, Upgrade the engine"


def check_engine(session: boto3.Session, settings: Settings, *, is_chosen: bool) -> CheckResult:
    """Check that the domain keeps its version, or can be upgraded to the one that was asked for.

    `is_chosen` says that `engine_version` is in `cdk.json` or was given with `-c`. A default is not asked for.
    """
    wanted, domain = settings.engine_version, settings.domain_name
    client = session.client("opensearch", config=client_config())
    try:
        name = client.describe_domain(DomainName=domain)["DomainStatus"].get("EngineVersion", "")
    except client.exceptions.ResourceNotFoundException:
        return CheckResult(SUBJECT, CheckStatus.OK, f"{domain} is new here and gets OpenSearch {wanted}")
    deployed = name.removeprefix("OpenSearch_")
    if deployed == wanted:
        return CheckResult(SUBJECT, CheckStatus.OK, f"{domain} runs OpenSearch {deployed}")
    keep = f"To keep it, deploy with -c engine_version={deployed} or put that into cdk.json."
    if not is_chosen:
        message = f"{domain} runs OpenSearch {deployed}, and nobody asked for an upgrade to {wanted}. {keep}"
        return _wrong(f"{message} To upgrade, read {GUIDE}, then: -c engine_version={wanted}")
    compatible = client.get_compatible_versions(DomainName=domain)["CompatibleVersions"]
    targets = [each.removeprefix("OpenSearch_") for pair in compatible for each in pair.get("TargetVersions", [])]
    if wanted not in targets:
        possible = f"only to {', '.join(targets)}" if targets else "to no other version"
        return _wrong(f"{domain} runs OpenSearch {deployed}. AWS can move it {possible}, not to {wanted}. {keep}")
    message = f"{domain} is upgraded in place from {deployed} to {wanted}. There is no way back, except a snapshot"
    return CheckResult(SUBJECT, CheckStatus.WARNING, message)


def _wrong(message: str) -> CheckResult:
    return CheckResult(SUBJECT, CheckStatus.WRONG, message)
