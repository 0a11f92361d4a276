"""Blocking code in virtual time: it stops at each call of a service, and all else goes on.

Handlers and the operator's tools are plain functions. Each runs in a greenlet, which hands over to
the event loop for as long as a call takes. So others act between any two of its calls, in an order
that chance alone decides.
"""

import asyncio
import math

from greenlet import GreenletExit, getcurrent, greenlet


class Blocking(greenlet):
    """Some blocking code; `calls_left` is after how many calls it is killed."""

    calls_left = math.inf
    over = False


class KilledError(Exception):
    """It was killed amid its work: its time was up, or chance wanted it."""


def pause(seconds):
    """Let so many seconds pass, if this is blocking code on a loop."""
    current = getcurrent()
    if not isinstance(current, Blocking) or current.over:
        return
    current.calls_left -= 1
    if current.calls_left < 0:
        current.over = True
        raise GreenletExit
    current.parent.switch(seconds)


async def interleaved(work, *, until=math.inf, calls=math.inf):
    """What `work` answers, having let time pass for each of its calls.

    Raises:
        KilledError: at the moment `until` of the loop's clock, or after so many calls.
    """
    loop = asyncio.get_running_loop()
    code = Blocking(work)
    code.calls_left = calls
    wait = code.switch()
    try:
        while not code.dead:
            await asyncio.sleep(min(wait, until - loop.time()))
            if loop.time() >= until:
                raise KilledError("its time was up")
            wait = code.switch()
    finally:
        if not code.dead:  # killed: what it would still say is not heard
            code.over = True
            code.throw(GreenletExit)
    if code.over:
        raise KilledError("after some calls")
    return wait


class Face:
    """A client of a service as boto3 shows it: `before(name)` is done before each call."""

    def __init__(self, service, before, tokens):
        self._service, self._before, self._tokens = service, before, tokens

    def __getattr__(self, name):
        method = getattr(self._service, name)

        def call(**given):
            self._before(name)
            return method(**given)

        return call

    def get_paginator(self, name):
        return Pages(getattr(self, name), self._tokens[name])


class Pages:
    """A paginator: each page is a call. `tokens` are the answer's names for where it goes on."""

    def __init__(self, call, tokens):
        self._call, self._tokens = call, tokens

    def paginate(self, PaginationConfig=None, **given):  # noqa: N803 - boto3's name
        if PaginationConfig:
            given["maxResults"] = PaginationConfig["PageSize"]
        while True:
            page = self._call(**given)
            yield page
            more = {name: page[told] for name, told in self._tokens.items() if told in page}
            if not more:
                return
            given |= more
