"""Faults put into a running endpoint, by chance from one seed; each is counted."""

import contextlib
import os
import random
import signal
import threading
import time
from collections import Counter
from http import HTTPStatus

from botocore.exceptions import ClientError

from local.credentials import signature_of
from local.http.errors import failure
from local.lambda_runtime.answers import Answer, ended
from local.lambda_runtime.pool import TooManyRequests
from local.lambda_runtime.process import OutOfMemory, WorkerTimeout

BREAK, STALL = "s3 breaks the connection mid-body", "s3 stalls mid-body"
STALL_SECONDS = 25
"""Longer than the functions wait for S3: 20 seconds (functions/aws/s3.py)."""

RATES = {
    "s3 answers 503": 0.08,
    BREAK: 0.05,
    STALL: 0.0005,
    "sqs fails": 0.1,
    "step functions fails": 0.1,
    "lambda throttles": 0.05,
    "lambda killed by SIGKILL": 0.01,
    "lambda times out, work done": 0.01,
    "lambda runs out of memory": 0.01,
    "event duplicated": 0.05,
    "event delayed": 0.05,
    "start refused": 0.05,
}
REFUSALS = {
    "s3": ("s3 answers 503", "SlowDown"),
    "sqs": ("sqs fails", "ServiceUnavailable"),
    "states": ("step functions fails", "ServiceUnavailable"),
}
"""By service: what is injected, and the code that it answers."""


class Faults:
    """The faults of one endpoint: none until `rates` has some, which may change at any time."""

    def __init__(self, endpoint, seed):
        self.endpoint = endpoint
        self.random = random.Random(seed)
        self.rates, self.counts = {}, Counter()
        self.lock = threading.Lock()
        self._put_in()

    def hit(self, fault):
        with self.lock:
            hit = self.random.random() < self.rates.get(fault, 0)
            if hit:
                self.counts[fault] += 1
        return hit

    def _put_in(self):
        endpoint = self.endpoint
        answer = endpoint.application.answer
        endpoint.application.answer = lambda environ: self._sent(environ, answer)
        # The services' own requests never leave the process: there is no body to break off.
        endpoint.clients.answer = lambda environ: self._answered(environ, answer)
        self._into_calls()
        self._into_events()

    def _into_events(self):
        endpoint = self.endpoint
        deliver, start = endpoint.deliveries.deliver, endpoint.deliveries._start  # noqa: SLF001

        def delivered(delivery):
            if self._doubled(delivery):
                deliver(delivery)
            if self.hit("event delayed"):
                timer = threading.Timer(self.random.uniform(0.5, 5), deliver, [delivery])
                timer.daemon = True
                timer.start()
            else:
                deliver(delivery)

        def started(*given):
            if self.hit("start refused"):
                told = {"Error": {"Code": "ThrottlingException", "Message": "injected"}}
                raise ClientError(told, "StartExecution")
            return start(*given)

        endpoint.deliveries.deliver = delivered
        endpoint.deliveries._start = started  # noqa: SLF001 - the seam of the bus

    def _doubled(self, delivery):
        """Some events, and every night: there are too few of them to wait for chance."""
        origin = delivery.origin[0]
        if self.rates and origin[0] == "SCHEDULE_ARN" and "daily-report" in origin[1]:
            self.counts["schedule fired twice"] += 1
            return True
        return self.hit("event duplicated")

    def _into_calls(self):
        invoke = self.endpoint.pool.invoke

        def invoked(name, event, **options):
            if self.hit("lambda throttles"):
                raise TooManyRequests(name)
            if self.hit("lambda killed by SIGKILL"):
                threading.Timer(0.01, self._kill_one).start()
            if self.hit("lambda runs out of memory"):
                return _ended(OutOfMemory())
            answer = invoke(name, event, **options)
            return _ended(WorkerTimeout()) if self.hit("lambda times out, work done") else answer

        self.endpoint.pool.invoke = invoked

    def _role_of(self, environ):
        """Whose request it is: a role's, or None for the user's own."""
        signature = signature_of(environ)
        return signature and self.endpoint.application._callers.role_of(signature.access_key)  # noqa: SLF001

    def _answered(self, environ, answer):
        if self._role_of(environ) is None:
            return answer(environ)
        service = signature_of(environ).service
        fault, code = REFUSALS.get(service, (None, None))
        if fault and self.hit(fault):
            status = HTTPStatus.SERVICE_UNAVAILABLE
            return failure(service, environ, status, code, "injected")
        return answer(environ)

    def _sent(self, environ, answer):
        """An answer that goes over a connection, which may break or fall silent."""
        told = self._answered(environ, answer)
        body_follows = environ["REQUEST_METHOD"] == "GET" and told.status in {200, 206}
        if self._role_of(environ) is None or signature_of(environ).service != "s3":
            return told
        if body_follows and self.hit(BREAK):
            return _breaking_off(told, 0)
        if body_follows and self.hit(STALL):
            return _breaking_off(told, STALL_SECONDS)
        return told

    def _kill_one(self):
        with self.lock:
            alive = sorted(each._process.pid for each in self.endpoint.pool._alive)  # noqa: SLF001
            victim = self.random.choice(alive) if alive else None
        if victim is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)


def _ended(how):
    """What Invoke answers of a call whose process ended like that."""
    payload, said = ended("injected", 60.0, how)
    return Answer(200, payload, "Unhandled", (said,))


def _breaking_off(told, seconds):
    """The answer with half of its body, then silence for so long, then no connection."""
    body = b"".join(told.stream) if told.stream is not None else told.body
    told.headers = [each for each in told.headers if each[0].lower() != "content-length"]
    told.add("Content-Length", str(len(body)))
    told.stream, told.body = _half(body, seconds), b""
    return told


def _half(body, seconds):
    yield body[: len(body) // 2]
    time.sleep(seconds)
    raise ConnectionAbortedError("injected")
