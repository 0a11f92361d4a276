"""Many calls at once, within a rate."""

import time

from ops.pipeline.waiting import Pacer


def test_calls_are_spaced_by_the_rate():
    pacer, begun = Pacer(50), time.monotonic()
    for _ in range(6):
        pacer.wait()
    assert time.monotonic() - begun >= 5 / 50
