"""The dead-letter queue: how its messages are read, held, given back, and leave it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self

from ops.pipeline.letters import read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ops.pipeline.deployment import Deployment
    from ops.pipeline.letters import Letter

BATCH: Final = 10
"""Messages in one request, at most (Amazon SQS, message quotas)."""
LOOK_SECONDS: Final = 30
"""How long messages that are only looked at stay hidden from others, if nobody releases them."""
LOOKED_AT_A_SECOND: Final = 20
"""And so much longer the more there are: the first must not come back while the last are read."""
LONGEST_LOOK: Final = 43_200
"""Twelve hours (Amazon SQS, "Visibility timeout")."""
HOLD_SECONDS: Final = 3600
"""How long a redrive or a replay hides the messages from others, if it dies."""
LONG_POLL_SECONDS: Final = 1
"""A long poll asks all of the queue's servers, a short one only some (SQS guide, "Amazon SQS short
and long polling")."""
REPEATS: Final = 3
"""A standard queue may deliver twice: so often in a row there is nothing new before that is all."""


def depth(deployment: Deployment) -> int:
    """About how many messages there are, hidden ones included."""
    names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = deployment.clients.sqs.get_queue_attributes(
        QueueUrl=deployment.queue_url, AttributeNames=names
    )
    return sum(int(value) for value in found.get("Attributes", {}).values())


def letters(deployment: Deployment, hold: int | None = None) -> list[Letter]:
    """Every message that nobody else holds, hidden from others for `hold` seconds.

    Where that is not said, it is as long as it may take to read all of them. Release them, or they
    come back by themselves.
    """
    if hold is None:
        hold = min(LOOK_SECONDS + depth(deployment) // LOOKED_AT_A_SECOND, LONGEST_LOOK)
    found: dict[str, Letter] = {}
    repeats = 0
    while repeats < REPEATS:
        received = _received(deployment, hold)
        if not received:
            break
        repeats = repeats + 1 if all(letter.id in found for letter in received) else 0
        found |= {letter.id: letter for letter in received}
    return sorted(found.values(), key=lambda letter: (letter.sent, letter.id))


def _received(deployment: Deployment, hold: int) -> list[Letter]:
    answer = deployment.clients.sqs.receive_message(
        QueueUrl=deployment.queue_url,
        MaxNumberOfMessages=BATCH,
        VisibilityTimeout=hold,
        WaitTimeSeconds=LONG_POLL_SECONDS,
        MessageSystemAttributeNames=["SentTimestamp"],
        MessageAttributeNames=["All"],
    )
    return [read(message, deployment) for message in answer.get("Messages", ())]


def look(deployment: Deployment) -> list[Letter]:
    """Every message, given back at once."""
    found = letters(deployment)
    release(deployment, found)
    return found


def release(deployment: Deployment, held: Iterable[Letter]) -> None:
    """Let others see the messages again."""
    for number, part in enumerate(_parts(held)):
        deployment.clients.sqs.change_message_visibility_batch(
            QueueUrl=deployment.queue_url,
            Entries=[
                {"Id": f"{number}-{i}", "ReceiptHandle": each.receipt, "VisibilityTimeout": 0}
                for i, each in enumerate(part)
            ],
        )


def delete(deployment: Deployment, held: Iterable[Letter]) -> None:
    """Take the messages out of the queue for good."""
    for part in _parts(held):
        deployment.clients.sqs.delete_message_batch(
            QueueUrl=deployment.queue_url,
            Entries=[{"Id": str(i), "ReceiptHandle": each.receipt} for i, each in enumerate(part)],
        )


class Settling:
    """Messages that an operation holds: those that it settles leave, the others are given back."""

    def __init__(self, deployment: Deployment, held: Sequence[Letter]) -> None:
        self._deployment = deployment
        self.held = held
        self._leaving: list[Letter] = []
        self._gone: set[str] = set()

    def settle(self, settled: Iterable[Letter]) -> None:
        """Let messages leave the queue, soon: a request's worth at once."""
        self._leaving += settled
        if len(self._leaving) >= BATCH:
            self._delete()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._delete()
        release(self._deployment, [each for each in self.held if each.id not in self._gone])

    def _delete(self) -> None:
        delete(self._deployment, self._leaving)
        self._gone |= {each.id for each in self._leaving}
        self._leaving.clear()


def _parts(held: Iterable[Letter]) -> Iterator[Sequence[Letter]]:
    every = list(held)
    return (every[start : start + BATCH] for start in range(0, len(every), BATCH))
