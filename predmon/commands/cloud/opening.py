"""`predmon open`, and who can open the page that a deployment made, and how."""

import webbrowser
from collections.abc import Mapping

import click

from predmon.commands.deployment.target import Target
from predmon.terminal import Terminal, escape

out = Terminal()


@click.command(name="open")
@click.option("--no-browser", is_flag=True, help="Only print the address.")
def open_(no_browser: bool) -> None:
    """Open the dashboard in a browser: that of the local cloud while it runs, else the one on AWS.

    The address that it prints is the permalink. Send it to the people who may look.
    """
    target = Target.resolve()
    url = target.outputs["DashboardUrl"]
    out.print(url, soft_wrap=True)
    if not target.is_local:
        print_ways(target.outputs)
    if not no_browser and not webbrowser.open(url):
        out.print("No browser could be started here. Open the address above in one.")


def print_ways(outputs: Mapping[str, str], allowed_cidrs: tuple[str, ...] = ()) -> None:
    """Print who can open the page of the stack with these outputs, and what to do next."""
    for line in ways(outputs, allowed_cidrs):
        out.print(escape(line), soft_wrap=True)


def ways(outputs: Mapping[str, str], allowed_cidrs: tuple[str, ...] = ()) -> list[str]:
    """Return it in sentences, a command on a line of its own. `allowed_cidrs` are given where they are known."""
    in_vpc = outputs.get("ViewerSecurityGroupId")
    network = [f"Only from within the VPC: what carries the security group {in_vpc} gets there."] if in_vpc else []
    match outputs.get("SignInWith", "address"):
        case "cognito":
            return [
                "Who you invite can open it, from everywhere." if not in_vpc else "Who you invite can open it.",
                *network,
                "  predmon people add you@example.com",
            ]
        case "saml":
            return [
                "People of your identity provider can open it, once that knows these two:",
                f"  entity id   {outputs['SamlEntityId']}",
                f"  reply URL   {outputs['SamlReplyUrl']}",
                *network,
                "Then deploy with its metadata: -c saml_metadata=FILE",
            ]
        case "password":
            return [
                "Sign in as predmon-master, and add people there. The password:",
                f"  aws secretsmanager get-secret-value --secret-id {outputs['MasterSecretArn']}",
                *network,
            ]
        case _ if allowed_cidrs:
            return [f"Every browser at {', '.join(allowed_cidrs)} can open it, without sign-in."]
        case _:
            return ["Browsers at the addresses in allowed_cidrs can open it, without sign-in."]
