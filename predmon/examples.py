"""One example of each command, with which its `--help` begins."""

import inspect

import click

EXAMPLES = {
    "up": "predmon up -c log_groups+=/aws/lambda/reviews",
    "down": "predmon down",
    "status": "predmon status --since 7d",
    "open": "predmon open",
    "send": "predmon send my-sentences.csv --wait",
    "logs": "predmon logs shipper --since 30m",
    "check-line": "predmon check-line my-function.log",
    "import": "predmon import --repair",
    "export": "predmon export --check",
    "snapshot": "predmon snapshot page.png --from now-7d",
    "replay": "predmon replay --dry-run",
    "backfill": "predmon backfill --log-group /aws/lambda/reviews --since 7d",
    "migrate": "predmon migrate --from https://old-domain.example.com",
    "doctor": "predmon doctor -c profile=production",
    "cost": "predmon cost -c profile=production --predictions-per-day 100000",
    "deploy": "predmon deploy -c allowed_cidrs=203.0.113.7/32",
    "rollback": "predmon rollback",
    "destroy": "predmon destroy",
    "people add": "predmon people add you@example.com",
    "people list": "predmon people list",
    "people remove": "predmon people remove you@example.com",
    "actuals": "predmon actuals labels.csv --check",
    "drift baseline": "predmon drift baseline --from 14d --to 7d --reference 'a normal week'",
    "drift accept": "predmon drift accept --log-group /aws/lambda/reviews",
    "drift report": "predmon drift report --run",
    "drift simulate": "predmon drift simulate my-sentences.csv",
    "quality report": "predmon quality report --run",
    "quality baseline": "predmon quality baseline --from 14d --to 7d --reference 'a normal week'",
    "completion": "predmon completion zsh",
}


def add_example(command: click.Command, path: str) -> None:
    """Put the example of the command `path`, and of each one inside it, before its help. Repeating changes nothing."""
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            add_example(inner, f"{path} {name}")
    elif (example := EXAMPLES.get(path)) and f"Example: {example}" not in (command.help or ""):
        command.help = f"Example: {example}\n\n{inspect.cleandoc(command.help or '')}"
