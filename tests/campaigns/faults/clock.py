"""One clock for the whole runtime: settable, and so much faster than time that a night is seconds.

Events, objects, executions and schedules are of its time, and so is what functions take for now;
Wait states are as much shorter. Retries, timeouts and Lambda's own limits stay in real seconds: how
long a fault holds things up is measured.
"""

import asyncio
import json
import os
import time
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

SPEED = 120
TOLD = ("local.events.bus", "local.events.scheduler", "local.asl.states.wait", "moto.s3.models")
"""The modules that read the time for themselves."""

PLACE = "SOAK_CLOCK"
"""The environment variable that says where the clock's setting is."""


class Clock:
    """The clock that is set in a file, which this process and those of functions read."""

    def __init__(self, place):
        self.place = Path(place)

    def set(self, moment):
        """Go on from there."""
        set_ = json.dumps([time.time(), moment.timestamp()])
        fresh = self.place.with_suffix(".new")
        fresh.write_text(set_)
        fresh.replace(self.place)

    def seconds(self):
        """The time, in seconds since the epoch."""
        at, told = json.loads(self.place.read_text())
        return told + (time.time() - at) * SPEED

    def now(self):
        return datetime.fromtimestamp(self.seconds(), UTC)

    def sleep_until(self, moment):
        while (left := moment.timestamp() - self.seconds()) > 0:
            time.sleep(left / SPEED)

    def next_midnight(self):
        midnight = self.now().replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight + timedelta(days=1)


def clocked(clock):
    """A datetime whose now is the clock's."""

    class Clocked(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.fromtimestamp(clock.seconds(), tz)

    return Clocked


def put_into(endpoint, clock):
    """Let the endpoint go by the clock, which is set."""
    bus, scheduler, waits, objects = map(import_module, TOLD)
    bus.datetime = scheduler.datetime = clocked(clock)
    waits.asyncio = SimpleNamespace(sleep=lambda seconds: asyncio.sleep(seconds / SPEED))
    objects.utcnow = lambda: clock.now().replace(tzinfo=None)
    endpoint.world.now = clock.seconds


def __getattr__(name):
    """The handler of a function in a Lambda process, by the clock: `clock.plan_report`."""
    if name.startswith("_"):
        raise AttributeError(name)
    function = import_module(f"functions.{name}")  # in the function's folder only
    by_clock = clocked(Clock(os.environ[PLACE]))
    for module in (function, import_module("functions.aws.late_records")):
        if hasattr(module, "datetime"):
            module.datetime = by_clock
    return function.handler
