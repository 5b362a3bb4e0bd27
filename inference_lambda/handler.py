"""Classify the sentences of a request: read the request, load the model (once), predict, log each prediction, reply.

The reply to a sentence is the tutorial's `{"text", "prediction"}` with some further keys. The reply to a list is a
list. An actual (`{"prediction": {"id": …}, "actual": {"label": …}}`) is logged and sent back. A request that cannot be
served gets 400 with the reason. When the model fails, an HTTP caller gets 500, and a direct caller gets the error. So
the failure counts as 5xx, or as an error of the function.

Lines are printed to stdout unchanged: one for each prediction, in Lambda's text and in its JSON log format. A request
that is refused or fails is logged as a failed prediction: `{"prediction": null, "error": …}`, without its text.
"""

import json
from contextlib import suppress
from functools import lru_cache
from typing import Any

from inference_lambda.actual import is_actual, read_actual
from inference_lambda.config import PACKAGE, Config, initialization
from inference_lambda.fetching import fetch
from inference_lambda.folder import ModelFolderError
from inference_lambda.model import Model, ModelError
from inference_lambda.prediction import log_line, predict
from inference_lambda.requests import BadRequestError, content_of, is_http, read_request, reply


@lru_cache(maxsize=1)
def load_model(config: Config) -> Model:
    """Return the deployed model. It is loaded once in each execution environment.

    Raises:
        ModelError: if the model cannot be fetched or loaded.
    """
    try:
        folder = fetch(config.model_uri, config.model_sha256) if config.model_uri else PACKAGE / config.model_dir
    except ModelFolderError as error:
        raise ModelError(str(error)) from error
    return Model(folder, name=config.model_name, threads=config.threads)


if initialization() == "snap-start":
    # The snapshot contains the model. A model that cannot be loaded makes the deployment fail.
    load_model(Config.from_env())
elif initialization():
    # This phase has a full CPU, even in a small function. The first request meets a failure again, and logs it.
    with suppress(ModelError):
        load_model(Config.from_env())


def handler(event: Any, context: Any) -> Any:
    """Answer one request.

    Raises:
        ModelError: if the model fails and the caller is a direct one.
    """
    config = Config.from_env()
    request_id = context.aws_request_id
    try:
        if is_actual(content := content_of(event)):
            return _take_actual(event, content, config, request_id)
        request = read_request(event, max_sentences=config.max_sentences, max_characters=config.max_characters)
        model = load_model(config)
        records = [predict(model, sentence, request_id, config.identity_key) for sentence in request.sentences]
    except BadRequestError as error:
        _log_failure(config, 400, "request refused", str(error), request_id)
        return reply(event, 400, {"statusCode": 400, "error": str(error)})
    except ModelError as error:
        _log_failure(config, 500, "model failed", str(error), request_id)
        if not is_http(event):
            raise
        return reply(event, 500, {"statusCode": 500, "error": "the model failed", "request_id": request_id})
    for record in records:
        print(log_line(record, config.store_text), flush=True)
    return reply(event, 200, records if request.is_batch else records[0])


def _take_actual(event: Any, content: dict[str, Any], config: Config, request_id: str) -> Any:
    """Log an actual, or say why the request holds none. No prediction failed then, so the line does not say so."""
    try:
        told = read_actual(content, load_model(config).labels, config.identity_key)
    except BadRequestError as error:
        line = {"level": "WARN", "message": "actual refused", "reason": str(error), "request_id": request_id}
        print(json.dumps(line), flush=True)
        return reply(event, 400, {"statusCode": 400, "error": str(error)})
    print(json.dumps(told), flush=True)
    return reply(event, 200, told)


def _log_failure(config: Config, status: int, what: str, reason: str, request_id: str) -> None:
    """Log that a request got no prediction. The version of the model is known only once it was loaded."""
    model = {"name": config.model_name}
    if load_model.cache_info().currsize:
        with suppress(ModelError):
            model["version"] = load_model(config).version
    line = {
        "level": "WARN" if status < 500 else "ERROR",
        "prediction": None,
        "error": {"type": what, "message": reason, "status": status},
        "model": model,
        "request_id": request_id,
    }
    print(json.dumps(line), flush=True)
