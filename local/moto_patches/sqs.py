"""Messages of the characters that SQS takes, and received at the cost of a message.

moto asks for all attributes of a queue, which count all of its messages several times, to see
whether one message is too old: receiving ten of three thousand took over a second.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from moto.core.utils import unix_time
from moto.sqs.exceptions import InvalidParameterValue, SQSException
from moto.sqs.models import SQSBackend

if TYPE_CHECKING:
    from moto.sqs.models import Message


SEND: Final = SQSBackend.send_message
SEND_BATCH: Final = SQSBackend.send_message_batch
FOREIGN: Final = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")


def is_kept(backend: SQSBackend, queue_name: str, message: Message) -> bool:
    """Whether the queue's retention period has not passed for a message."""
    seconds: int = backend.get_queue(queue_name).message_retention_period  # type: ignore[attr-defined]
    sent: Any = message.sent_timestamp  # milliseconds; set once it is in a queue
    return bool(seconds + sent / 1000 > unix_time())


class InvalidMessageContents(SQSException):
    """A message body has a character that SQS does not take."""

    code = "InvalidMessageContents"


def foreign_character(text: str) -> str | None:
    """What is wrong with a text (API reference, SendMessage); None if it may be sent."""
    found = FOREIGN.search(text)
    if found is None:
        return None
    return (
        f"Invalid binary character '#x{ord(found[0]):X}' was found in the message body, the set of "
        "allowed characters is #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to "
        "#x10FFFF"
    )


def send_message(
    backend: Any, queue_name: str, message_body: str, *given: Any, **named: Any
) -> Message:
    """Send a message that SQS takes.

    Raises:
        InvalidMessageContents: it has another character.
        InvalidParameterValue: one of its attributes has.
    """
    problem = foreign_character(message_body)
    if problem is not None:
        raise InvalidMessageContents(problem)
    for attribute in (named.get("message_attributes") or {}).values():
        problem = foreign_character(attribute.get("StringValue") or "")
        if problem is not None:
            raise InvalidParameterValue(problem)
    return SEND(backend, queue_name, message_body, *given, **named)


def send_batch(
    backend: Any, queue_name: str, entries: dict[str, dict[str, Any]]
) -> tuple[list[Message], list[dict[str, Any]]]:
    """Send those messages of a batch that SQS takes; the others fail, each for itself."""
    problems = {
        number: problem
        for number, entry in entries.items()
        if (problem := foreign_character(entry["MessageBody"]))
    }
    good = {number: entry for number, entry in entries.items() if number not in problems}
    sent, failed = SEND_BATCH(backend, queue_name, good)
    code = InvalidMessageContents.code
    refused = [
        {"Id": entries[number]["Id"], "SenderFault": True, "Code": code, "Message": problem}
        for number, problem in problems.items()
    ]
    return sent, [*failed, *refused]


def install() -> None:
    """Put these in moto's place."""
    backend: Any = SQSBackend
    backend.is_message_valid_based_on_retention_period = is_kept
    backend.send_message = send_message
    backend.send_message_batch = send_batch
