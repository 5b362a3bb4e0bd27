"""Acts on an incident that drift or quality asks it to: target ▶ start ▶ metric ▶ event.

Who asks has confirmed the incident, and asks once. Lambda may run this again: a state machine and a pipeline then start
once, an alias is moved once; a function, a queue or a topic may hear twice, as of any event.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import boto3

from monitors.acting.config import Config
from monitors.acting.rollback import RollbackError, roll_back
from monitors.acting.targets import ROLLBACK, find_target

AWS: Any = boto3
SOURCE, DETAIL_TYPE = "prediction-monitoring", "PredictionActed"


def handler(event: Mapping[str, Any], context: object) -> dict[str, str]:
    """Do what the settings say for this kind of incident, and say what came of it.

    Raises whatever the service raises, so that the function's alarm fires.
    """
    config, detail = Config.from_env(), event["detail"]
    what = config.on_drift if detail["cause"] == "drift" else config.on_worse
    state, words = _act(what, config, detail)
    metric = {"MetricName": "Actions", "Value": 1, "Dimensions": [{"Name": "State", "Value": state}]}
    AWS.client("cloudwatch").put_metric_data(Namespace=config.namespace, MetricData=[metric])
    said = {"action": detail["action"], "cause": detail["cause"], "log_group": detail["log_group"], "target": what}
    outcome = {**said, "state": state, "words": words}
    entry = {"Source": SOURCE, "DetailType": DETAIL_TYPE, "Detail": json.dumps({**outcome, "model": detail["model"]})}
    AWS.client("events").put_events(Entries=[entry])
    print(json.dumps(outcome), flush=True)
    return outcome


def _act(what: str, config: Config, detail: Mapping[str, Any]) -> tuple[str, str]:
    if detail["dry_run"]:
        return "dry run", f"would have started {what}"
    if what == ROLLBACK:
        since = datetime.fromisoformat(detail["since"])
        try:
            move = roll_back(AWS.client("lambda"), config.function_name, reason=detail["action"], since=since)
        except RollbackError as error:
            return "skipped", str(error)
        return "done", f"rolled back from version {move.before} to {move.now} of the function"
    target = find_target(what)
    if target is None:
        return "skipped", f"{what or 'nothing'} is nothing that can be started"
    target.start(AWS.client, what, detail["action"], detail)
    return "done", f"started {what}"
