"""`predmon completion`: the script that makes a shell complete commands and options."""

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish")
VARIABLE = "_PREDMON_COMPLETE"


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print a script that completes commands and options in SHELL.

    \b
    bash, in ~/.bashrc:                 eval "$(predmon completion bash)"
    zsh, in ~/.zshrc after compinit:    eval "$(predmon completion zsh)"
    fish, in ~/.config/fish/config.fish: predmon completion fish | source
    """
    kind = get_completion_class(shell)
    assert kind, f"click knows no shell {shell}"
    click.echo(kind(context.find_root().command, {}, "predmon", VARIABLE).source())
