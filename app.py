"""The CDK app: settings from context, one stack; and the role of a pipeline that deploys it."""

import os
import sys

import aws_cdk as cdk

from contracts.errors import UserError
from stacks import SENDING_STACK, role_stack_name, stack_name
from stacks.command_line import command_line_problem
from stacks.deployment_role import DeploymentRole
from stacks.prediction_monitoring import PredictionMonitoring
from stacks.sending import SendingAccount
from stacks.settings import Settings, retired, unknown_keys
from stacks.settings.places import check_places
from stacks.settings.unchecked import CHECKED, list_unchecked


def compose(app: cdk.App, settings: Settings, env: cdk.Environment | None = None) -> None:
    """Put into `app` the stacks that `settings` ask for.

    Raises SettingsError for a folder that holds no model, and for what the deployment's account or region rules out.
    """
    if env:
        check_places(settings, account=env.account, region=env.region)
    if settings.send_to:
        # Plain files: the template needs no bootstrapped account, so that a StackSet can take it.
        synthesizer = cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False)
        SendingAccount(app, SENDING_STACK, settings=settings, env=env, synthesizer=synthesizer)
        return
    PredictionMonitoring(app, stack_name(settings.name), settings=settings, env=env)
    if settings.github_repository:
        DeploymentRole(
            app,
            role_stack_name(settings.name),
            repository=settings.github_repository,
            repository_ids=settings.github_ids,
            stack=stack_name(settings.name),
            domain_name=settings.domain_name,
            shipper_role_name=settings.shipper_role_name,
            makes_provider=settings.github_provider,
            env=env,
        )


def main() -> None:
    """Synthesise what the context asks for; status 1 and what to write instead where that cannot be."""
    if problem := command_line_problem(os.environ):
        sys.exit(f"error: {problem}")
    app = cdk.App()
    env = cdk.Environment(account=os.environ.get("CDK_DEFAULT_ACCOUNT"), region=os.environ.get("CDK_DEFAULT_REGION"))
    try:
        context = app.node.get_all_context()
        settings = Settings.from_context(context)
        compose(app, settings, env)
    except UserError as error:
        sys.exit(f"error: {error}")
    for sentence in retired(context):
        print(f"warning: {sentence}", file=sys.stderr)
    if unknown := unknown_keys(context):
        print(f"warning: ignored context that is no setting: {', '.join(unknown)}", file=sys.stderr)
    if CHECKED not in os.environ:
        for sentence in list_unchecked(settings):
            print(f"unchecked (predmon doctor looks): {sentence}", file=sys.stderr)
    app.synth()


if __name__ == "__main__":
    main()
