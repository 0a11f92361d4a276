"""How many calls of functions run at once."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from local.lambda_runtime.slots import Slots

LONG = 10


class Calls:
    """Calls that hold their slot until they are let go, and how many of them run."""

    def __init__(self, slots):
        self.slots = slots
        self.running = 0
        self.most = 0
        self.lock = threading.Lock()
        self.let_go = threading.Event()

    def call(self, seconds=LONG):
        with self.slots.one():
            with self.lock:
                self.running += 1
                self.most = max(self.most, self.running)
            self.let_go.wait(seconds)
            with self.lock:
                self.running -= 1

    def reaches(self, number):
        ends = time.monotonic() + LONG
        while self.running < number and time.monotonic() < ends:
            time.sleep(0.005)
        return self.running >= number


def test_calls_that_end_soon_are_as_many_as_cores():
    calls = Calls(Slots(2, 8, short=LONG))
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: calls.call(0.002), range(200)))
    assert (calls.most, calls.running) == (2, 0)


def test_calls_that_take_long_hold_no_others_up_until_there_are_too_many():
    calls = Calls(Slots(2, 4, short=0.05))
    with ThreadPoolExecutor(6) as threads:
        waiting = [threads.submit(calls.call) for _ in range(6)]
        assert calls.reaches(4)
        time.sleep(0.3)
        assert calls.running == 4
        calls.let_go.set()
        for each in waiting:
            each.result(LONG)
    assert (calls.most, calls.running) == (4, 0)


def test_one_long_call_leaves_all_cores_to_short_ones():
    slots = Slots(2, 8, short=0.05)
    long, short = Calls(slots), Calls(slots)
    with ThreadPoolExecutor(5) as threads:
        waiting = threads.submit(long.call)
        assert long.reaches(1)
        time.sleep(0.1)
        list(threads.map(lambda _: short.call(0.02), range(20)))
        assert long.running == 1
        long.let_go.set()
        waiting.result(LONG)
    assert short.most == 2


def test_a_call_that_fails_gives_its_slot_back():
    slots = Slots(1, 1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), slots.one():
            1 / 0  # noqa: B018 - it is to fail
    with slots.one():
        pass
