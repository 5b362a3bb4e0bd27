"""`predmon send --over`: the log lines of the past, as the deployed function would have written them."""

import json
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from inference_lambda.config import Config as ModelConfig
from inference_lambda.identity import new_identity
from inference_lambda.prediction import log_line, predict
from predmon.commands.deployment.deployed_model import deployed_model
from predmon.commands.deployment.target import Target
from predmon.commands.sending.spreading import LATELY
from predmon.errors import UserError
from predmon.progress import track
from predmon.wording import count_of

if TYPE_CHECKING:
    from types_boto3_logs.type_defs import InputLogEventTypeDef

BATCH = 1500
"""Each batch starts a shipper on this machine, so few large ones are faster than many small ones."""
BATCH_BYTES = 900_000
"""PutLogEvents takes 1 MiB, and counts 26 bytes for each event beside its text."""
KNOWN = 3
"""The truth of every third prediction becomes known, as somebody might label a part of them."""
KNOWN_AFTER = timedelta(minutes=30)


@dataclass(frozen=True)
class Line:
    """One log line of the past, and the ids of the prediction that it holds or that it is about."""

    moment_ms: int
    message: str
    request_id: str = ""
    prediction_id: str = ""
    sentence: str = ""


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
        ids = {"request_id": str(uuid.uuid4()), "prediction_id": new_identity(config.identity_key, moment_ms)}
        message = log_line(records[sentence] | ids, config.store_text)
        lines.append(Line(moment_ms, message, **ids, sentence=sentence))
    return lines


def actual_lines(lines: list[Line], truths: Mapping[str, str], end: datetime) -> list[Line]:
    """Return lines with what a part of the predictions should have been, `truths` by sentence.

    The newest predictions get none, since a truth is known later than its prediction.
    """
    end_ms, delay_ms = end.timestamp() * 1000, KNOWN_AFTER.total_seconds() * 1000
    old = end_ms - LATELY.total_seconds() * 1000
    labelled = [line for line in lines if line.moment_ms < old and line.sentence in truths]
    return [
        Line(
            int(line.moment_ms + delay_ms),
            json.dumps({"prediction": {"id": line.prediction_id}, "actual": {"label": truths[line.sentence]}}),
            prediction_id=line.prediction_id,
        )
        for line in labelled[::KNOWN]
    ]


def write_lines(target: Target, lines: list[Line]) -> None:
    """Write the lines into the log group of the model's function. The subscription delivers them."""
    function = target.client("lambda").get_function_configuration(FunctionName=target.outputs["InferenceFunctionName"])
    put_lines(
        target, function.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{function['FunctionName']}", lines
    )


def put_lines(target: Target, group: str, lines: list[Line]) -> None:
    """Write the lines into a log group, in a stream of their own."""
    logs, stream = target.client("logs"), f"predmon-send/{time.time_ns()}"
    logs.create_log_stream(logGroupName=group, logStreamName=stream)
    parts, written = list(batches(sorted(lines, key=lambda line: line.moment_ms))), 0
    try:
        for batch in track(parts, "Writing", total=len(parts)):
            events: list[InputLogEventTypeDef] = [
                {"timestamp": line.moment_ms, "message": line.message} for line in batch
            ]
            logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)
            written += len(batch)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"wrote {written:,} of {count_of(len(lines), 'log line')}.") from None


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
