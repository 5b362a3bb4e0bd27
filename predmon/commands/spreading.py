"""`predmon send --over`: a past for the local cloud. The lines are written with past times, and the windows judged."""

import random
import re
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from inference_lambda.config import Config as ModelConfig
from inference_lambda.prediction import log_line, predict
from predmon.commands import drift_target
from predmon.commands.deployed_model import deployed_model
from predmon.commands.moments import UNITS
from predmon.commands.target import Target
from predmon.errors import UserError
from predmon.progress import track

if TYPE_CHECKING:
    from types_boto3_logs.type_defs import InputLogEventTypeDef

LONGEST = timedelta(days=13)
"""CloudWatch Logs takes no event older than 14 days."""
BATCH = 400
BATCH_BYTES = 900_000
"""PutLogEvents takes 1 MiB, and counts 26 bytes for each event beside its text."""


class Length(click.ParamType[timedelta]):
    """A length of time: `24h`, `7d`, `90m`. At most LONGEST."""

    name = "length"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Return the length."""
        if isinstance(value, timedelta):
            return value
        found = re.fullmatch(r"([1-9]\d{0,4})([mhdw])", value)
        if not found:
            self.fail(f"{value!r} is no length such as 24h, 7d, 90m.", param, ctx)
        length = timedelta(**{UNITS[found[2]]: int(found[1])})
        if length > LONGEST:
            self.fail(f"{value} is too long: CloudWatch Logs takes at most the last {LONGEST.days} days.", param, ctx)
        return length


@dataclass(frozen=True)
class Line:
    """One log line of the past, and the request id in it."""

    moment_ms: int
    message: str
    request_id: str


def require_local(target: Target) -> None:
    """Raise UserError for a stack on AWS, where the past is what it was."""
    if not target.is_local:
        raise UserError("--over writes log lines of the past, so it works only on the local cloud: predmon up")


def plan(target: Target, sentences: list[str], over: timedelta, end: datetime) -> list[tuple[int, str]]:
    """Return (time in epoch milliseconds, sentence), evenly spread over the time before `end`.

    The sentences repeat, in another order each time, until each window of the drift comparison has its minimum.
    """
    count = len(sentences)
    if "DriftFunctionName" in target.outputs:
        config = drift_target.deployed_config(target)
        windows = -(-over // timedelta(minutes=config.window_minutes))
        count = max(count, windows * config.minimum)
    # The same file gives the same past.
    shuffled = random.Random(len(sentences))
    queue: list[str] = []
    while len(queue) < count:
        queue += shuffled.sample(sentences, len(sentences))
    start_ms, step_ms = (end - over).timestamp() * 1000, over.total_seconds() * 1000 / count
    return [(int(start_ms + (number + 0.5) * step_ms), queue[number]) for number in range(count)]


def past_lines(target: Target, planned: list[tuple[int, str]], refused: Counter[str]) -> list[Line]:
    """Return the lines that the deployed function would have logged. Its model predicts here, each text once.

    What the function refuses is counted in `refused`.
    """
    from inference_lambda.model import Model, ModelError

    function = target.client("lambda").get_function_configuration(FunctionName=target.outputs["InferenceFunctionName"])
    config = ModelConfig.from_env(function.get("Environment", {}).get("Variables", {}))
    texts = list(dict.fromkeys(sentence for _, sentence in planned if len(sentence) <= config.max_characters))
    try:
        model = Model(deployed_model(target), name=config.model_name)
        records = {text: predict(model, text, "") for text in track(texts, "Predicting", total=len(texts))}
    except ModelError as error:
        raise UserError(f"The deployed model cannot be used on this machine: {error}") from error
    lines = []
    for moment_ms, sentence in planned:
        if sentence not in records:
            refused[f"a sentence has more than {config.max_characters} characters"] += 1
            continue
        request_id = str(uuid.uuid4())
        record = records[sentence] | {"request_id": request_id}
        lines.append(Line(moment_ms, log_line(record, config.store_text), request_id))
    return lines


def write_lines(target: Target, lines: list[Line]) -> None:
    """Write the lines into the log group of the model's function. The subscription delivers them."""
    function = target.client("lambda").get_function_configuration(FunctionName=target.outputs["InferenceFunctionName"])
    group = function.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{function['FunctionName']}"
    logs, stream = target.client("logs"), f"predmon-send/{time.time_ns()}"
    logs.create_log_stream(logGroupName=group, logStreamName=stream)
    for batch in track(list(batches(lines)), "Writing", total=-(-len(lines) // BATCH)):
        events: list[InputLogEventTypeDef] = [{"timestamp": line.moment_ms, "message": line.message} for line in batch]
        logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)


def batches(lines: list[Line]) -> Iterator[list[Line]]:
    """Split lines into batches that PutLogEvents takes: by number, by bytes, and within 24 hours."""
    batch: list[Line] = []
    size = 0
    for line in lines:
        added = len(line.message.encode()) + 26
        is_late = bool(batch) and line.moment_ms - batch[0].moment_ms >= 24 * 3600 * 1000
        if batch and (len(batch) == BATCH or size + added > BATCH_BYTES or is_late):
            yield batch
            batch, size = [], 0
        batch.append(line)
        size += added
    if batch:
        yield batch


def judge_windows(target: Target, over: timedelta, end: datetime) -> Counter[str]:
    """Compare each window of the time before `end` once, the oldest first, and count the verdicts."""
    verdicts: Counter[str] = Counter()
    length = timedelta(minutes=drift_target.deployed_config(target).window_minutes)
    windows = -(-over // length)
    for number in track(range(windows, 0, -1), "Judging", total=windows):
        start = end - number * length
        event = {"from": start.isoformat(), "time": (start + length).isoformat()}
        verdicts.update(run["verdict"] for run in drift_target.invoke(target, event)["runs"])
    return verdicts


def current_minute() -> datetime:
    """Return the minute that began last, so that the windows begin and end at whole minutes."""
    return datetime.now(UTC).replace(second=0, microsecond=0)
