"""Messages of the characters that SQS takes, and sent and received at the cost of a message.

moto asks for all attributes of a queue, which count all of its messages several times, to see
whether one message is too old, and whether one that is sent is like another: receiving ten of three
thousand took over a second, and the soak's thousands of rejections kept all else waiting for 12.
"""

from __future__ import annotations

import re
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from moto.core.utils import unix_time
from moto.sqs.exceptions import InvalidParameterValue, SQSException
from moto.sqs.models import Queue, SQSBackend

if TYPE_CHECKING:
    from collections.abc import Iterator

    from moto.sqs.models import Message


SEND: Final = SQSBackend.send_message
SEND_BATCH: Final = SQSBackend.send_message_batch
GET_ATTRIBUTES: Final = SQSBackend.get_queue_attributes
ATTRIBUTES: Final[Any] = vars(Queue)["attributes"].fget
DEDUPLICATION: Final = "ContentBasedDeduplication"
FOREIGN: Final = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")


def is_kept(backend: SQSBackend, queue_name: str, message: Message) -> bool:
    """Whether the queue's retention period has not passed for a message."""
    seconds: int = backend.get_queue(queue_name).message_retention_period  # type: ignore[attr-defined]
    sent: Any = message.sent_timestamp  # milliseconds; set once it is in a queue
    return bool(seconds + sent / 1000 > unix_time())


class _Known(threading.local):
    """What this thread knows of the one queue that its request is about."""

    attributes: dict[str, Any] | None = None


KNOWN: Final = _Known()


@contextmanager
def known(attributes: dict[str, Any]) -> Iterator[None]:
    """Inside, a queue has these attributes, and nobody counts its messages."""
    before, KNOWN.attributes = KNOWN.attributes, attributes
    try:
        yield
    finally:
        KNOWN.attributes = before


def attributes_of(queue: Any) -> dict[str, Any]:
    """All attributes of a queue, or those that are known."""
    found: dict[str, Any] = ATTRIBUTES(queue) if KNOWN.attributes is None else KNOWN.attributes
    return found


def _of_sending(backend: Any, queue_name: str) -> dict[str, Any]:
    """Of a queue's attributes what sending asks for."""
    queue = backend.get_queue(queue_name)
    if not queue.fifo_queue:
        return {}
    return {DEDUPLICATION: str(queue.content_based_deduplication).lower()}


def get_attributes(backend: Any, queue_name: str, attribute_names: list[str]) -> dict[str, Any]:
    """Attributes of a queue; its messages are counted once, and not for each name."""
    found = ATTRIBUTES(backend.get_queue(queue_name)) if attribute_names else {}
    with known(found):
        wanted: dict[str, Any] = GET_ATTRIBUTES(backend, queue_name, attribute_names)
    return wanted


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
    with known(_of_sending(backend, queue_name)):
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
    with known(_of_sending(backend, queue_name)):
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
    backend.get_queue_attributes = get_attributes
    queue: Any = Queue
    queue.attributes = property(attributes_of)
