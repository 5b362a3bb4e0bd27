"""Classifies the sentences of a request: read the request, load the model (once), predict, log each prediction, reply.

The reply to a sentence is the tutorial's `{"text", "prediction"}` and what has grown onto it; to a list, a list.
A request that cannot be served gets 400 with the reason. When the model fails, an HTTP caller gets 500 and a direct
caller the error, so that it counts where such failures are counted (5xx, the function's Errors).

Lines go to stdout as they are: one per prediction, in Lambda's text and in its JSON log format alike. A request that
is refused or fails is logged without the text, and without anything that the subscription filter would take for a
prediction.
"""

import json
from contextlib import suppress
from functools import lru_cache
from typing import Any

from inference_lambda.config import PACKAGE, Config, initialization
from inference_lambda.fetching import fetch
from inference_lambda.folder import ModelFolderError
from inference_lambda.model import Model, ModelError
from inference_lambda.prediction import log_line, predict
from inference_lambda.requests import BadRequestError, is_http, read, reply


@lru_cache(maxsize=1)
def load(config: Config) -> Model:
    """Return the deployed model; loaded once per execution environment. Raises ModelError."""
    try:
        folder = fetch(config.model_uri, config.model_sha256) if config.model_uri else PACKAGE / config.model_dir
    except ModelFolderError as error:
        raise ModelError(str(error)) from error
    return Model(folder, name=config.model_name, threads=config.threads)


if initialization() == "snap-start":
    # The model is in the snapshot, and one that cannot be loaded fails the deployment.
    load(Config.from_env())
elif initialization():
    # This phase has a full CPU, even in a small function. A failure comes again at the first request, which logs it.
    with suppress(ModelError):
        load(Config.from_env())


def handler(event: Any, context: Any) -> Any:
    """Answer one request. Raises ModelError to a direct caller when the model fails."""
    config = Config.from_env()
    request_id = context.aws_request_id
    try:
        request = read(event, max_sentences=config.max_sentences, max_characters=config.max_characters)
        model = load(config)
        records = [predict(model, sentence, request_id) for sentence in request.sentences]
    except BadRequestError as error:
        _log_problem("WARN", "request refused", str(error), request_id)
        return reply(event, 400, {"statusCode": 400, "error": str(error)})
    except ModelError as error:
        _log_problem("ERROR", "model failed", str(error), request_id)
        if not is_http(event):
            raise
        return reply(event, 500, {"statusCode": 500, "error": "the model failed", "request_id": request_id})
    for record in records:
        print(log_line(record, config.store_text), flush=True)
    return reply(event, 200, records if request.is_batch else records[0])


def _log_problem(level: str, what: str, reason: str, request_id: str) -> None:
    print(json.dumps({"level": level, "message": what, "reason": reason, "request_id": request_id}), flush=True)
