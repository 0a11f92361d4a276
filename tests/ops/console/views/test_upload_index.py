"""What executions are about: asked for while a page waits, and the rest once it is sent."""

import json
import threading
import time
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from ops.console.views.upload_index import AT_ONCE, UploadIndex
from ops.pipeline.deployment import Deployment

COUNT = 3 * AT_ONCE
SECONDS = 30


class SlowStates:
    """Step Functions that answers DescribeExecution when it is let."""

    def __init__(self):
        self.asked = []
        self.may_answer = threading.Event()

    def describe_execution(self, executionArn):  # noqa: N803 - boto3's name
        self.asked.append(executionArn)
        self.may_answer.wait(SECONDS)
        item = {"key": executionArn, "version-id": "1", "size": 1, "etag": "e"}
        event = {
            "time": "2026-11-28T00:00:00Z",
            "detail": {"bucket": {"name": "b"}, "object": item},
        }
        return {
            "executionArn": executionArn,
            "name": executionArn,
            "stateMachineArn": "process",
            "status": "RUNNING",
            "startDate": datetime(2026, 11, 28, tzinfo=UTC),
            "input": json.dumps(event),
        }


@pytest.fixture
def states():
    made = SlowStates()
    yield made
    made.may_answer.set()


@pytest.fixture
def uploads(states):
    clients = SimpleNamespace(states=states)
    arns = ("process", "report")
    deployment = Deployment("any", "any", "b", "reports", "queue", *arns, "midnight", clients)
    return UploadIndex(deployment)


LISTED = [SimpleNamespace(arn=f"{number}", status="RUNNING") for number in range(COUNT)]


def until(true):
    deadline = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_what_a_page_has_no_time_for_is_asked_for_once_the_page_is_sent(uploads, states):
    assert not uploads.learn(LISTED, 0.05)
    states.may_answer.set()
    until(lambda: sum(uploads.known(each.arn) is not None for each in LISTED) == AT_ONCE)
    assert len(states.asked) == AT_ONCE
    uploads.go_on()
    until(lambda: all(uploads.known(each.arn) for each in LISTED))
    assert sorted(states.asked, key=int) == [each.arn for each in LISTED]


def test_a_page_that_was_left_takes_no_time_from_the_next(uploads, states):
    assert not uploads.learn(LISTED, 0.05)
    uploads.go_on()
    later = [SimpleNamespace(arn=f"{COUNT + number}", status="RUNNING") for number in range(3)]
    assert not uploads.learn(later, 0.05)
    states.may_answer.set()
    until(lambda: uploads.learn(later, SECONDS))
    assert len(states.asked) == AT_ONCE + len(later)


def test_what_was_put_off_is_asked_for_by_the_next_page_too(uploads, states):
    assert not uploads.learn(LISTED, 0.05)
    states.may_answer.set()
    until(lambda: uploads.learn(LISTED, SECONDS))
    uploads.go_on()
    assert len(states.asked) == COUNT
