"""Faults on real sockets in front of a real OpenSearch. After each, documents = distinct prediction events."""

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest

from predmon.local.emulator import Emulator
from predmon.local.engine import Engine
from predmon.local.processes import free_port
from tests.local.shipper.parts import Pipeline, put_templates
from tests.shipping import NOON, Reply, Request, Upstream, Wire, item_error, wire

MIDNIGHT = NOON + 12 * 3_600_000
Fault = Callable[[Request, Callable[[Request], Reply]], Reply]


@pytest.fixture(scope="module")
def engine_url(opensearch_url: str) -> str:
    put_templates(opensearch_url)
    return opensearch_url


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    emulator = Emulator(tmp_path_factory.mktemp("emulator"))
    emulator.start("http://127.0.0.1:9", free_port())
    yield emulator.client_environment
    emulator.stop()


@pytest.fixture
def s3(aws: dict[str, str]) -> Any:
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION")
    return boto3.Session(*(aws[name] for name in names)).client("s3", endpoint_url=aws["AWS_ENDPOINT_URL"])


@pytest.fixture
def bucket(s3: Any) -> str:
    name = f"failures-{uuid.uuid4()}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    return name


@pytest.fixture
def pipeline_to(engine_url: str, aws: dict[str, str], s3: Any, bucket: str) -> Callable[..., Pipeline]:
    return lambda domain, **settings: Pipeline(domain.url, engine_url, aws, s3, bucket, **settings)


def busy_items(request: Request, upstream: Callable[[Request], Reply]) -> Reply:
    """Answer 429 for a fifth of the items, different ones each time."""
    lines = request.body.splitlines(keepends=True)
    count = len(lines) // 2
    taken = [at for at in range(count) if (at + request.number) % 5]
    part = b"".join(lines[2 * at] + lines[2 * at + 1] for at in taken)
    done = json.loads(upstream(replace(request, body=part)).body)["items"] if taken else []
    busy = {"index": item_error(429, "es_rejected_execution_exception", "rejected execution of primary operation")}
    items = dict.fromkeys(range(count), busy) | dict(zip(taken, done, strict=True))
    return Reply(body=json.dumps({"errors": count > len(taken), "items": [items[at] for at in range(count)]}).encode())


def every(nth: int, fault: Fault) -> Fault:
    return lambda request, upstream: fault(request, upstream) if request.number % nth == 0 else upstream(request)


FAULTS: dict[str, Fault] = {
    "429 on a fifth of the items": busy_items,
    "503 on every third request": every(3, lambda request, upstream: Reply(503, b'{"error": "no master"}')),
    "the connection cut in mid-response, after the write": every(
        3, lambda request, upstream: replace(upstream(request), cut_at=40)
    ),
    "a hang past the time-out, after the write": every(
        4, lambda request, upstream: replace(upstream(request), after_seconds=1.5)
    ),
    "an HTML error page": every(2, lambda request, upstream: Reply(502, b"<html>Bad Gateway</html>", "text/html")),
    "an HTML page with status 200": every(2, lambda request, upstream: Reply(200, b"<html>hello</html>", "text/html")),
    "413 above 100 kB": lambda request, upstream: (
        Reply(413, b"Request size exceeded", "text/plain") if len(request.body) > 100_000 else upstream(request)
    ),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_domain_s_fault_loses_and_doubles_nothing(
    engine_url: str, pipeline_to: Callable[..., Pipeline], fault: Fault
) -> None:
    upstream = Upstream(engine_url)
    with wire(lambda request: fault(request, upstream)) as domain:
        pipeline = pipeline_to(domain, chunk_bytes=400_000, request_timeout_seconds=1)

        taken = pipeline.deliver(*(pipeline.batch(2000) for _ in range(4)))

    assert taken == [True] * 4
    assert len(domain.requests) > 12
    pipeline.assert_exact()
    assert pipeline.waiting() == []


def test_same_batch_three_times_and_eight_times_at_once(engine_url: str, pipeline_to: Callable[..., Pipeline]) -> None:
    pipeline = pipeline_to(Wire(engine_url, Upstream(engine_url)))
    batch = pipeline.batch(8000)

    pipeline.deliver(batch, batch, batch, at_once=1)
    pipeline.deliver(*[batch] * 8, at_once=8)

    pipeline.assert_exact()


def test_conflict_on_every_tenth_document_costs_it_the_key_alone(
    engine_url: str, pipeline_to: Callable[..., Pipeline]
) -> None:
    pipeline = pipeline_to(Wire(engine_url, Upstream(engine_url)))

    pipeline.deliver(pipeline.batch(8000, latency_ms=lambda number: "3 ms" if number % 10 == 0 else 3))

    documents = [each["_source"] for each in pipeline.assert_exact()]
    without = [each for each in documents if "left_out" in each["shipper"]]
    assert len(without) == 800
    assert {(*each["shipper"]["left_out"], *each["shipper"]["left_out_reasons"]) for each in without} == {
        ("latency_ms", "mapping_conflict")
    }
    assert all('"latency_ms": "3 ms"' in each["@message"] for each in without)


def test_every_tenth_line_that_cannot_be_read_is_kept_raw(
    engine_url: str, pipeline_to: Callable[..., Pipeline]
) -> None:
    pipeline = pipeline_to(Wire(engine_url, Upstream(engine_url)))

    pipeline.deliver(
        pipeline.batch(8000, prediction=lambda number: [{"odd": 1}, {"even": 2}] if number % 10 == 0 else 0.5)
    )

    raw = [each for each in pipeline.assert_exact() if each["_index"].startswith("raw-")]
    assert len(raw) == 800
    assert {each["_source"]["shipper"]["kept_raw"]["reason"] for each in raw} == {"unknown_shape"}


def test_events_across_midnight_and_out_of_order(engine_url: str, pipeline_to: Callable[..., Pipeline]) -> None:
    pipeline = pipeline_to(Wire(engine_url, Upstream(engine_url)))
    late = pipeline.batch(4000, at=MIDNIGHT + 2000, step_ms=-1)

    pipeline.deliver(late, pipeline.batch(4000, at=MIDNIGHT - 2000), late)

    documents = pipeline.assert_exact()
    assert {each["_index"] for each in documents} == {"cwl-2026.11.22", "cwl-2026.11.23"}
    for each in documents:
        assert each["_index"] == "cwl-" + each["_source"]["@timestamp"][:10].replace("-", ".")


def test_invocation_whose_time_ends_between_two_chunks(engine_url: str, pipeline_to: Callable[..., Pipeline]) -> None:
    upstream = Upstream(engine_url)
    with wire(lambda request: replace(upstream(request), after_seconds=0.5)) as domain:
        pipeline = pipeline_to(domain, chunk_bytes=400_000)
        pipeline.shipper.timeout_seconds = 3.2  # of which two are kept back

        taken = pipeline.deliver(pipeline.batch(8000))
        assert taken == [False]
        assert 0 < len(pipeline.documents()) < 8000
        domain.answer = upstream
        pipeline.drain()

    pipeline.assert_exact()


def test_process_killed_between_two_chunks(engine_url: str, pipeline_to: Callable[..., Pipeline]) -> None:
    upstream = Upstream(engine_url)

    def kill_at_the_third(request: Request) -> Reply:
        if request.number == 2:
            pipeline.shipper.processes[0].kill()
        return upstream(request)

    with wire(kill_at_the_third) as domain:
        pipeline = pipeline_to(domain, chunk_bytes=400_000)

        taken = pipeline.deliver(pipeline.batch(8000))

    assert taken == [True]
    assert len(pipeline.shipper.processes) == 2
    pipeline.assert_exact()


def test_replay_interrupted_and_run_again(engine_url: str, pipeline_to: Callable[..., Pipeline]) -> None:
    upstream = Upstream(engine_url)
    with wire(lambda request: Reply(503, b"down", "text/plain")) as domain:
        pipeline = pipeline_to(domain)
        pipeline.shipper.timeout_seconds = 2.5
        assert pipeline.deliver(*(pipeline.batch(2000) for _ in range(5)), at_once=5) == [False] * 5
        assert len(pipeline.waiting()) == 5
        down = len(domain.requests)

        def kill_at_the_third(request: Request) -> Reply:
            if request.number == down + 2:
                pipeline.replay.processes[0].kill()
            return upstream(request)

        domain.answer = kill_at_the_third
        assert pipeline.replay.invoke({}) is not None
        assert 0 < len(pipeline.waiting()) < 5
        pipeline.drain()

    assert pipeline.waiting() == []
    pipeline.assert_exact()


def test_engine_killed_in_mid_run_and_restarted_20_seconds_later(
    tmp_path: Path, aws: dict[str, str], s3: Any, bucket: str
) -> None:
    engine = Engine(tmp_path)
    url = engine.start()
    put_templates(url)
    pipeline = Pipeline(url, url, aws, s3, bucket, request_timeout_seconds=2, chunk_bytes=200_000)
    pipeline.shipper.timeout_seconds = 6
    batches = [pipeline.batch(1000) for _ in range(12)]
    killed = threading.Event()

    def deliver(number: int) -> bool:
        if number == 4:
            engine.kill()
            killed.set()
        return pipeline.shipper.invoke_async(batches[number])

    def restart() -> None:
        killed.wait()
        time.sleep(20)
        engine.start(int(url.rpartition(":")[2]))

    restarting = threading.Thread(target=restart)
    restarting.start()
    try:
        with ThreadPoolExecutor(3) as pool:
            taken = list(pool.map(deliver, range(12)))
        restarting.join()
        assert not all(taken), "the outage should outlast the attempts of some batches"
        assert len(pipeline.waiting()) == taken.count(False)
        pipeline.drain()
        pipeline.assert_exact()
    finally:
        engine.stop()
