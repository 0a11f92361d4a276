"""An SQS standard queue in memory: what it takes, whom it shows a message, who may delete it.

Sources: Amazon SQS developer guide, "Message quotas", "Visibility timeout"; API reference,
SendMessage, ReceiveMessage, DeleteMessageBatch, ChangeMessageVisibilityBatch.
"""

import re
from dataclasses import dataclass, field

from buckets import failure

LARGEST_BYTES = 1 << 20
LONGEST_HIDDEN = 43_200
BATCH = 10
REFUSED = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass
class Message:
    """One message; `receipt` is that of its last receipt, the only one that deletes it."""

    id: str
    body: str
    sent: float
    attributes: dict
    hidden_until: float = 0
    receipt: str = ""


@dataclass
class Queue:
    """What was sent and not deleted; `sent` has every message that there ever was."""

    now: object
    random: object
    hit: object
    messages: list = field(default_factory=list)
    sent: list = field(default_factory=list)

    def send_message(self, *, MessageBody, MessageAttributes=None, **_):  # noqa: N803 - boto3's names
        if REFUSED.search(MessageBody):
            raise failure("InvalidMessageContents")
        if not MessageBody or len(MessageBody.encode()) > LARGEST_BYTES:
            raise failure("InvalidParameterValue")
        name = f"m{len(self.sent)}"
        self.sent.append(Message(name, MessageBody, self.now(), MessageAttributes or {}))
        self.messages.append(self.sent[-1])
        return {"MessageId": name}

    def receive_message(self, *, MaxNumberOfMessages, VisibilityTimeout, **_):  # noqa: N803
        """Some of the visible ones in any order; now and then one that another receiver holds."""
        self._in_range(VisibilityTimeout)
        shown = [each for each in self.messages if self._is_visible(each) or self.hit("sqs twice")]
        self.random.shuffle(shown)
        shown = shown[: min(MaxNumberOfMessages, BATCH)]
        for each in shown:
            each.receipt = f"{each.id}-{self.random.getrandbits(32):x}"
            each.hidden_until = self.now() + VisibilityTimeout
        return {"Messages": [self._shown(each) for each in shown]} if shown else {}

    def delete_message_batch(self, *, Entries, **_):  # noqa: N803
        """One that was received again since stays, and nobody is told (by an older receipt)."""
        self._checked(Entries)
        receipts = {each["ReceiptHandle"] for each in Entries}
        self.messages = [each for each in self.messages if each.receipt not in receipts]
        return {"Successful": [{"Id": each["Id"]} for each in Entries]}

    def change_message_visibility_batch(self, *, Entries, **_):  # noqa: N803
        self._checked(Entries)
        held = {each.receipt: each for each in self.messages if not self._is_visible(each)}
        for each in Entries:
            self._in_range(each["VisibilityTimeout"])
            if each["ReceiptHandle"] in held:
                until = self.now() + each["VisibilityTimeout"]
                held[each["ReceiptHandle"]].hidden_until = until
        return {}

    def get_queue_attributes(self, **_):
        visible = sum(map(self._is_visible, self.messages))
        return {
            "Attributes": {
                "ApproximateNumberOfMessages": str(visible),
                "ApproximateNumberOfMessagesNotVisible": str(len(self.messages) - visible),
            }
        }

    def _is_visible(self, message):
        return message.hidden_until <= self.now()

    def _shown(self, message):
        return {
            "MessageId": message.id,
            "ReceiptHandle": message.receipt,
            "Body": message.body,
            "Attributes": {"SentTimestamp": str(int(message.sent * 1000))},
            "MessageAttributes": message.attributes,
        }

    def _checked(self, entries):
        if not entries:
            raise failure("EmptyBatchRequest")
        if len(entries) > BATCH:
            raise failure("TooManyEntriesInBatchRequest")
        if len({each["Id"] for each in entries}) < len(entries):
            raise failure("BatchEntryIdsNotDistinct")

    def _in_range(self, seconds):
        if not 0 <= seconds <= LONGEST_HIDDEN:
            raise failure("InvalidParameterValue")
