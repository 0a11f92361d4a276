"""The pool of Lambda processes, where the endpoint ends under it."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from local.lambda_runtime.environment import RUNTIME_OFF, intervals
from local.lambda_runtime.pool import TooManyRequests
from tests.builders.lambda_pool import FUNCTION, pool_of
from tests.builders.waiting import once

STARTED = "import pathlib, time\ndef handler(event, context):\n    pathlib.Path(event).touch()\n"
NUMBERED = "import os\ndef handler(event, context):\n    return os.getpid()\n"


@pytest.fixture
def pool(tmp_path):
    (tmp_path / "code.py").write_text(STARTED + "    time.sleep(50)\n")
    (tmp_path / "quick.py").write_text(NUMBERED)
    known = {
        name: replace(FUNCTION, name=name, handler="quick.handler") for name in ("a", "b", "c")
    }
    return pool_of(tmp_path, lambda name: known.get(name, FUNCTION))


def test_a_call_under_way_is_answered_when_the_pool_stops_and_none_begins_after(pool, tmp_path):
    marker = tmp_path / "started"
    with ThreadPoolExecutor() as threads:
        called = threads.submit(pool.invoke, "slow", json.dumps(str(marker)).encode())
        once(marker.exists)
        pool.stop()
        answer = called.result(timeout=10)
    assert json.loads(answer.payload)["errorType"] == "Runtime.ExitError"
    with pytest.raises(TooManyRequests):
        pool.invoke("slow", b"{}")


def test_a_function_is_told_when_the_runtime_was_off(pool, tmp_path):
    told = f'import os\ndef handler(event, context):\n    return os.environ["{RUNTIME_OFF}"]\n'
    (tmp_path / "quick.py").write_text(told)
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    pool.told[RUNTIME_OFF] = intervals([(noon, noon + timedelta(hours=8))] * 2)
    (one, other) = json.loads(pool.invoke("a", b"{}").payload).split()
    assert one == other == "2026-11-22T12:00:00+00:00/2026-11-22T20:00:00+00:00"
    pool.stop()


def test_the_process_that_was_idle_longest_makes_room_for_another_function(pool, monkeypatch):
    monkeypatch.setattr("local.lambda_runtime.pool.MOST_WORKERS", 2)
    called = {}
    for name in ("a", "b", "a", "c", "a", "b"):
        called.setdefault(name, []).append(pool.invoke(name, b"{}").payload)
    pool.stop()
    assert len(set(called["a"])) == 1
    assert len(set(called["b"])) == 2
