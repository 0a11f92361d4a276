"""How long a queue of the endpoint keeps its messages."""

import time
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError
from moto.sqs.models import SQSBackend

from local.moto_patches.sqs import is_kept


@pytest.mark.parametrize(("age", "kept"), [(0, True), (50, True), (61, False)])
def test_a_message_is_kept_for_its_queues_retention_period(age, kept):
    backend = SQSBackend("us-east-1", "123456789012")
    backend.create_queue("short", None, MessageRetentionPeriod="60")
    message = SimpleNamespace(sent_timestamp=(time.time() - age) * 1000)
    assert is_kept(backend, "short", message) is kept


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
