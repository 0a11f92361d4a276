"""The dead-letter queue: what is in it, why, and how a message leaves it.

Three kinds of messages arrive there: `rejected` (the pipeline's own words about a bad file),
`failed` (Step Functions' status change of an execution that failed, timed out or was aborted) and
`undelivered` (an event that EventBridge or Scheduler could not hand to its target).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from ops.pipeline.uploads import upload_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mypy_boto3_sqs.type_defs import MessageTypeDef

    from ops.pipeline.deployment import Deployment

BATCH: Final = 10
"""Messages in one request, at most (Amazon SQS, message quotas)."""
LOOK_SECONDS: Final = 30
"""How long messages that are only looked at stay hidden from others, if nobody releases them."""
LOOKED_AT_A_SECOND: Final = 20
"""And so much longer the more there are: the first must not come back while the last are read."""
LONGEST_LOOK: Final = 43_200
"""Twelve hours (Amazon SQS, "Visibility timeout")."""
REPEATS: Final = 3
"""A standard queue may deliver twice: so often in a row there is nothing new before that is all."""
STATUS_CHANGE: Final = "Step Functions Execution Status Change"
MESSAGE_LIMIT: Final = 1000


@dataclass(frozen=True)
class Letter:
    """One message. `key`, `version_id` and `date` are those of the upload that it is about."""

    id: str
    receipt: str
    sent: datetime
    kind: str
    error: str
    message: str = ""
    machine: str | None = None
    execution: str | None = None
    key: str | None = None
    version_id: str | None = None
    date: str | None = None

    @property
    def about(self) -> str:
        """What a person knows it by."""
        return self.key or (self.execution or self.id).rpartition(":")[2]

    def to_json(self) -> dict[str, Any]:
        """For programs; times are ISO 8601."""
        names = ("id", "kind", "error", "message", "machine", "execution", "key", "version_id")
        return {name: getattr(self, name) for name in names} | {"sent": self.sent.isoformat()}


@dataclass(frozen=True)
class Group:
    """Messages with one cause."""

    kind: str
    error: str
    letters: tuple[Letter, ...]

    @property
    def oldest(self) -> datetime:
        """When the first of them was sent."""
        return min(letter.sent for letter in self.letters)

    def to_json(self) -> dict[str, Any]:
        """For programs, every message included."""
        return {
            "kind": self.kind,
            "error": self.error,
            "count": len(self.letters),
            "oldest": self.oldest.isoformat(),
            "messages": [letter.to_json() for letter in self.letters],
        }


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
        WaitTimeSeconds=1,  # a long poll asks all of the queue's servers; a short one only some
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


def by_cause(found: Iterable[Letter]) -> list[Group]:
    """Messages by kind and error, the most frequent cause first."""

    def cause(letter: Letter) -> tuple[str, str]:
        return letter.kind, letter.error

    grouped = groupby(sorted(found, key=cause), key=cause)
    groups = [Group(kind, error, tuple(members)) for (kind, error), members in grouped]
    return sorted(groups, key=lambda group: -len(group.letters))


def read(message: MessageTypeDef, deployment: Deployment) -> Letter:
    """Understand one message; one of no known kind is `unknown`, never an error."""
    text = message.get("Body", "")
    body = _object(text)
    sent = int(message.get("Attributes", {}).get("SentTimestamp", "0"))
    return Letter(
        id=message["MessageId"],
        receipt=message["ReceiptHandle"],
        sent=datetime.fromtimestamp(sent / 1000, UTC),
        **_meaning(text, body, message, deployment),
    )


def _meaning(
    text: str, body: Mapping[str, Any], message: MessageTypeDef, deployment: Deployment
) -> dict[str, Any]:
    attributes = message.get("MessageAttributes", {})
    if body.get("kind") == "rejected":
        return _rejected(body, deployment)
    if body.get("detail-type") == STATUS_CHANGE:
        return _failed(body.get("detail", {}), deployment)
    said = {name: str(value.get("StringValue", "")) for name, value in attributes.items()}
    if "ERROR_CODE" in said:
        wrong = {"error": said["ERROR_CODE"], "message": said.get("ERROR_MESSAGE", "")}
        return {"kind": "undelivered", **wrong, **_upload(text)}
    return {"kind": "unknown", "error": "UNKNOWN", "message": text[:MESSAGE_LIMIT]}


def _rejected(body: Mapping[str, Any], deployment: Deployment) -> dict[str, Any]:
    arn = str(body.get("execution_arn", ""))
    machine = arn.replace(":execution:", ":stateMachine:").rpartition(":")[0]
    return {
        "kind": "rejected",
        "error": str(body.get("code", "")),
        "message": str(body.get("message", "")),
        "machine": deployment.machine_name(machine),
        "execution": arn or None,
        "key": body.get("key"),
        "version_id": body.get("version_id"),
    }


def _failed(detail: Mapping[str, Any], deployment: Deployment) -> dict[str, Any]:
    return {
        "kind": "failed",
        "error": str(detail.get("error") or detail.get("status", "")),
        "message": str(detail.get("cause") or "")[:MESSAGE_LIMIT],
        "machine": deployment.machine_name(str(detail.get("stateMachineArn", ""))),
        "execution": detail.get("executionArn"),
        **_upload(detail.get("input")),
    }


def _upload(text: str | None) -> dict[str, Any]:
    found = upload_of(text)
    if found is None:
        return {}
    return {"key": found.key, "version_id": found.version_id, "date": found.date}


def _object(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _parts(held: Iterable[Letter]) -> Iterator[Sequence[Letter]]:
    every = list(held)
    return (every[start : start + BATCH] for start in range(0, len(every), BATCH))
