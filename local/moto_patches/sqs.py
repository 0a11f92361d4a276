"""Receiving a message at the cost of a message.

moto asks for all attributes of a queue, which count all of its messages several times, to see
whether one message is too old: receiving ten of three thousand took over a second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.core.utils import unix_time
from moto.sqs.models import SQSBackend

if TYPE_CHECKING:
    from moto.sqs.models import Message


def is_kept(backend: SQSBackend, queue_name: str, message: Message) -> bool:
    """Whether the queue's retention period has not passed for a message."""
    seconds: int = backend.get_queue(queue_name).message_retention_period  # type: ignore[attr-defined]
    sent: Any = message.sent_timestamp  # milliseconds; set once it is in a queue
    return bool(seconds + sent / 1000 > unix_time())


def install() -> None:
    """Put this in moto's place."""
    backend: Any = SQSBackend
    backend.is_message_valid_based_on_retention_period = is_kept
