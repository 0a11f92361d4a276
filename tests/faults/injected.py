"""Faults put into a running endpoint, by chance from one seed; each is counted."""

import contextlib
import os
import random
import signal
import threading
from collections import Counter
from http import HTTPStatus

from botocore.exceptions import ClientError

from local.endpoint.callers import signature_of
from local.endpoint.failures import failure
from local.lambda_runtime.answers import Answer, ended
from local.lambda_runtime.pool import TooManyRequests
from local.lambda_runtime.process import OutOfMemory, WorkerTimeout

RATES = {
    "s3 answers 503": 0.08,
    "s3 breaks the connection mid-body": 0.05,
    "sqs fails": 0.1,
    "lambda throttles": 0.05,
    "lambda killed by SIGKILL": 0.01,
    "lambda times out, work done": 0.01,
    "lambda runs out of memory": 0.01,
    "event duplicated": 0.05,
    "event delayed": 0.05,
    "start refused": 0.05,
}


class Faults:
    """The faults of one endpoint. `rates` may be emptied at any time."""

    def __init__(self, endpoint, seed):
        self.endpoint = endpoint
        self.random = random.Random(seed)
        self.rates, self.counts = dict(RATES), Counter()
        self.lock = threading.Lock()
        self._put_in()

    def hit(self, fault):
        with self.lock:
            hit = self.random.random() < self.rates.get(fault, 0)
            self.counts[fault] += hit
        return hit

    def _put_in(self):
        endpoint = self.endpoint
        answer = endpoint.application.answer
        endpoint.application.answer = lambda environ: self._answered(environ, answer)
        endpoint.clients.answer = endpoint.application.answer
        self._into_calls()
        self._into_events()

    def _into_events(self):
        endpoint = self.endpoint
        deliver, start = endpoint.deliveries.deliver, endpoint.deliveries._start  # noqa: SLF001

        def delivered(delivery):
            if self.hit("event duplicated"):
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

    def _answered(self, environ, answer):
        signature = signature_of(environ)
        key = signature.access_key if signature else ""
        if self.endpoint.application._callers.role_of(key) is None:  # noqa: SLF001
            return answer(environ)  # a user's own request
        service, busy = signature.service, HTTPStatus.SERVICE_UNAVAILABLE
        if service == "s3" and self.hit("s3 answers 503"):
            return failure("s3", environ, busy, "SlowDown", "injected")
        if service == "sqs" and self.hit("sqs fails"):
            return failure("sqs", environ, busy, "ServiceUnavailable", "injected")
        told = answer(environ)
        read = environ["REQUEST_METHOD"] == "GET" and told.status in {200, 206}
        if service == "s3" and read and self.hit("s3 breaks the connection mid-body"):
            body = b"".join(told.stream) if told.stream is not None else told.body
            told.headers = [each for each in told.headers if each[0].lower() != "content-length"]
            told.add("Content-Length", str(len(body)))
            told.stream, told.body = _half(body), b""
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


def _half(body):
    yield body[: len(body) // 2]
    raise ConnectionAbortedError("injected")
