"""How long a queue of the endpoint keeps its messages."""

import time
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError
from moto.sqs.models import Queue, SQSBackend

from local.moto_patches.sqs import install, is_kept


@pytest.mark.parametrize(("age", "kept"), [(0, True), (50, True), (61, False)])
def test_a_message_is_kept_for_its_queues_retention_period(age, kept):
    backend = SQSBackend("us-east-1", "123456789012")
    backend.create_queue("short", None, MessageRetentionPeriod="60")
    message = SimpleNamespace(sent_timestamp=(time.time() - age) * 1000)
    assert is_kept(backend, "short", message) is kept


def test_a_message_is_sent_to_a_long_queue_at_the_cost_of_a_message(monkeypatch):
    install()
    backend = SQSBackend("us-east-1", "123456789012")
    backend.create_queue("long", None)
    counted = []
    monkeypatch.setattr(Queue, "messages", property(lambda _: counted.append(1) or []))
    backend.send_message("long", "one", delay_seconds=0)
    entry = {"Id": "a", "MessageBody": "two", "DelaySeconds": 0, "MessageAttributes": {}}
    backend.send_message_batch("long", {"1": entry})
    assert counted == []
    names = ["ApproximateNumberOfMessages", "QueueArn"]
    assert set(backend.get_queue_attributes("long", names)) == set(names)
    assert len(counted) == 1


def test_a_fifo_queue_still_knows_a_message_by_its_content(client, served):
    sqs = client("sqs")
    given = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
    queue = sqs.create_queue(QueueName=f"{served.name('once')}.fifo", Attributes=given)["QueueUrl"]
    for body in ("a", "a", "b"):
        sqs.send_message(QueueUrl=queue, MessageBody=body, MessageGroupId="g")
    asked = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    assert asked["ApproximateNumberOfMessages"] == "2"
    assert asked["ContentBasedDeduplication"] == "true"


FOREIGN = ["\0", "\x01", "\x0b", "\x1f", "\ufffe", "\uffff"]
TAKEN = [
    "\t\n\r",
    "\x7f\x85",
    "\ud7ff",
    "\ue000\ufffd",
    "\U00010000\U0010ffff",
    "é\N{GRINNING FACE}",
]


@pytest.fixture
def queue(client, served):
    return client("sqs").create_queue(QueueName=served.name("letters"))["QueueUrl"]


@pytest.mark.parametrize("character", FOREIGN)
def test_a_message_with_a_character_that_sqs_does_not_take_is_refused(client, queue, character):
    sqs = client("sqs")
    with pytest.raises(sqs.exceptions.InvalidMessageContents, match=f"#x{ord(character):X}'"):
        sqs.send_message(QueueUrl=queue, MessageBody=f"a{character}b")
    attribute = {"key": {"DataType": "String", "StringValue": character}}
    with pytest.raises(ClientError, match="InvalidParameterValue"):
        sqs.send_message(QueueUrl=queue, MessageBody="a", MessageAttributes=attribute)
    assert "Messages" not in sqs.receive_message(QueueUrl=queue)


@pytest.mark.parametrize("text", TAKEN)
def test_all_other_characters_arrive(client, queue, text):
    client("sqs").send_message(QueueUrl=queue, MessageBody=text)
    (message,) = client("sqs").receive_message(QueueUrl=queue)["Messages"]
    assert message["Body"] == text


def test_a_batch_is_sent_but_for_what_is_refused(client, queue):
    entries = [{"Id": "good", "MessageBody": "a"}, {"Id": "bad", "MessageBody": "\ufffe"}]
    answer = client("sqs").send_message_batch(QueueUrl=queue, Entries=entries)
    assert [each["Id"] for each in answer["Successful"]] == ["good"]
    assert [(each["Id"], each["Code"]) for each in answer["Failed"]] == [
        ("bad", "InvalidMessageContents")
    ]
