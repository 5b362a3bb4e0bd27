"""`predmon drift baseline` and `predmon drift accept`: what predictions are compared with from now on."""

from collections.abc import Mapping
from datetime import datetime

import click
from opensearchpy import OpenSearch

from monitors.drift.config import Config
from monitors.drift.references.freezing import ReferenceRefusedError, accept, freeze
from monitors.drift.references.reference import ACCEPTED, Reference, list_cards, pick_newest
from monitors.drift.windows.groups import find_groups
from monitors.reporting.periods import Group, Period
from predmon.commands.deployment.target import Target
from predmon.commands.drift.function import only_log_group, read_deployed_config
from predmon.commands.drift.report import out
from predmon.deployment_name import reference_option
from predmon.errors import UserError
from predmon.moments import Moment, past_period
from predmon.terminal import escape


@click.command()
@click.option("--from", "start", type=Moment(), required=True, help="7d, 12h, 30m, or an ISO 8601 time.")
@click.option("--to", "end", type=Moment(), required=True, help="End of the period, excluded; now at the latest.")
@reference_option
@click.option("--log-group", help="Whose predictions. Required if several log groups are watched.")
@click.option("--model-version", help="The model version. Default: the newest in the period.")
def baseline(start: datetime, end: datetime, reference: str, log_group: str | None, model_version: str | None) -> None:
    """Freeze a period as the reference for later comparisons.

    Earlier references stay stored, but only the newest one is used.
    """
    period = past_period(start, end)
    target = Target.resolve()
    search = target.search()
    found: Mapping[Group, datetime] = find_groups(search, period, period.start).newest
    wanted = log_group or only_log_group(target)
    versions = {group: newest for group, newest in found.items() if group.log_group == wanted}
    if model_version:
        versions = {group: newest for group, newest in versions.items() if group.model_version == model_version}
    if not versions:
        seen = ", ".join(sorted({str(group) for group in found})) or "none at all"
        raise UserError(f"No such predictions in {wanted} from {period}. Found: {seen}.")
    group = max(versions, key=lambda each: versions[each])
    frozen = freeze_baseline(search, group, period, reference, read_deployed_config(target))
    out.print(
        f"froze {frozen.window.predictions:,} predictions of {escape(str(group))} as “{escape(reference)}”,", end=" "
    )
    out.print(f"revision {frozen.revision}")


def freeze_baseline(search: OpenSearch, group: Group, period: Period, name: str, config: Config) -> Reference:
    """Freeze a period of a group's predictions as its reference `name`.

    Raises UserError if the period holds too few predictions, or if another reference was frozen at the same moment and
    took the place of this one.
    """
    try:
        frozen = freeze(search, group, period, name, config)
    except ReferenceRefusedError as error:
        raise UserError(f"{error}. Take a longer period.") from error
    if (frozen.name, frozen.window.period) != (name, period):
        raise UserError(
            f"Another reference of {group} was frozen at the same moment and was kept: “{frozen.name}”, revision "
            f"{frozen.revision}. Yours was not stored. To store it as the next revision, run the same command again."
        )
    return frozen


@click.command("accept")
@click.option("--log-group", help="Whose model. Required if several log groups are watched.")
@click.option("--model-version", help="Which model version. Default: the newest.")
def accept_version(log_group: str | None, model_version: str | None) -> None:
    """Accept a new model version: do not compare it with the version before any more.

    Without this, a week does the same.
    """
    target = Target.resolve()
    wanted = log_group or only_log_group(target)
    known = list_cards(target.search(), wanted)
    newest = [card for card in pick_newest(known) if model_version in (None, card.group.model_version)]
    if not newest:
        of = f"version {model_version} of {wanted}" if model_version else wanted
        raise UserError(f"There is no reference of {of} yet. To see which are there, run: predmon drift report")
    card = max(newest, key=lambda each: each.period.start)
    if card.origin == ACCEPTED:
        out.print(f"{escape(str(card.group))} was accepted before.")
        return
    accepted = accept(target.search(), card, known)
    out.print(f"Accepted {escape(str(card.group))}: “{escape(accepted.name)}” is now revision {accepted.revision}.")
