"""Reading a dead-letter queue that is long, slow, or delivers twice."""

import json
from types import SimpleNamespace

import pytest

from ops.pipeline import dead_letters

BATCH = 10


class SlowQueue:
    """A standard queue in virtual time: every request takes its seconds."""

    def __init__(self, messages, seconds=0.4, again=()):
        self.now = 0.0
        self.seconds = seconds
        self.again = list(again)  # numbers of the requests that are answered as the one before was
        self.visible_at = dict.fromkeys(range(messages), 0.0)
        self.requests = 0
        self.last = []
        self.polls = set()

    def get_queue_attributes(self, **_):
        return {"Attributes": {"ApproximateNumberOfMessages": str(len(self.visible_at))}}

    def receive_message(self, **given):
        self.polls.add(given["WaitTimeSeconds"])
        self.now += self.seconds
        self.requests += 1
        if self.requests not in self.again:
            visible = [number for number, at in self.visible_at.items() if at <= self.now]
            self.last = visible[: given["MaxNumberOfMessages"]]
        for number in self.last:
            self.visible_at[number] = self.now + given["VisibilityTimeout"]
        return {"Messages": [message(number) for number in self.last]}


def message(number):
    body = {"kind": "rejected", "code": "EMPTY_FILE", "key": f"{number}.csv"}
    return {"MessageId": str(number), "ReceiptHandle": f"r{number}", "Body": json.dumps(body)}


def deployment(queue):
    clients = SimpleNamespace(sqs=queue)
    return SimpleNamespace(clients=clients, queue_url="u", machine_name=lambda arn: arn)


@pytest.mark.parametrize("messages", [0, 1, BATCH, 5_000])
def test_every_message_is_found_however_long_that_takes(messages):
    found = dead_letters.letters(deployment(SlowQueue(messages)))
    assert len(found) == messages


def test_all_servers_of_the_queue_are_asked(monkeypatch, long_poll):
    """A short poll, of no seconds, asks only some of them: messages would be missing at random."""
    monkeypatch.setattr(dead_letters, "LONG_POLL_SECONDS", long_poll)
    queue = SlowQueue(BATCH)
    dead_letters.letters(deployment(queue))
    assert min(queue.polls) > 0


def test_a_message_that_is_delivered_twice_ends_nothing_and_counts_once():
    found = dead_letters.letters(deployment(SlowQueue(95, again=[3, 7, 8])))
    assert sorted(int(letter.id) for letter in found) == list(range(95))


def test_messages_that_keep_coming_back_are_read_no_more():
    queue = SlowQueue(25, seconds=5)
    assert len(dead_letters.letters(deployment(queue), hold=1)) == BATCH
    assert queue.requests < BATCH
