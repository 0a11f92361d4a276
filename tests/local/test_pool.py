"""The pool of Lambda processes, where the endpoint ends under it."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from local.lambda_runtime.functions import Function
from local.lambda_runtime.pool import Pool, TooManyRequests

STARTED = "import pathlib, time\ndef handler(event, context):\n    pathlib.Path(event).touch()\n"
FUNCTION = Function(
    name="slow",
    arn="arn:aws:lambda:us-east-1:111111111111:function:slow",
    handler="code.handler",
    role_arn="role",
    memory_mb=256,
    timeout=60.0,
    environment=(),
    code_digest="d",
    reserved_concurrency=None,
    log_group="/aws/lambda/slow",
)


@pytest.fixture
def pool(tmp_path):
    (tmp_path / "code.py").write_text(STARTED + "    time.sleep(50)\n")
    functions = SimpleNamespace(
        find=lambda _: FUNCTION, code_folder=lambda _: tmp_path, remove=lambda: None
    )
    caller = SimpleNamespace(access_key="a", secret_key="s")
    callers = SimpleNamespace(of_role=lambda _: caller)
    return Pool(functions, callers, SimpleNamespace(of_role=lambda *_: lambda _: None))


def until(holds):
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_call_under_way_is_answered_when_the_pool_stops_and_none_begins_after(pool, tmp_path):
    marker = tmp_path / "started"
    with ThreadPoolExecutor() as threads:
        called = threads.submit(pool.invoke, "slow", json.dumps(str(marker)).encode())
        until(marker.exists)
        pool.stop()
        answer = called.result(timeout=10)
    assert json.loads(answer.payload)["errorType"] == "Runtime.ExitError"
    with pytest.raises(TooManyRequests):
        pool.invoke("slow", b"{}")
