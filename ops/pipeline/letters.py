"""What a message of the dead-letter queue says.

Three kinds of messages arrive there: `rejected` (the pipeline's own words about a bad file),
`failed` (Step Functions' status change of an execution that failed, timed out or was aborted) and
`undelivered` (an event that EventBridge or Scheduler could not hand to its target).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final, Literal

from ops.pipeline.layout import STAND_IN
from ops.pipeline.uploads import upload_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mypy_boto3_sqs.type_defs import MessageTypeDef

    from ops.pipeline.deployment import Deployment
    from ops.pipeline.uploads import Identity

Kind = Literal["rejected", "failed", "undelivered", "unknown"]

STATUS_CHANGE: Final = "Step Functions Execution Status Change"
MESSAGE_LIMIT: Final = 1000


@dataclass(frozen=True)
class Letter:
    """One message. `key`, `version_id` and `time` are those of the upload that it is about.

    `time` is the event's (RFC 3339, UTC); the message of a rejection has none, its record does.
    """

    id: str
    receipt: str
    sent: datetime
    kind: Kind
    error: str
    message: str = ""
    machine: str | None = None
    execution: str | None = None
    key: str | None = None
    version_id: str | None = None
    time: str | None = None

    @property
    def about(self) -> str:
        """What a person knows it by."""
        return self.key or (self.execution or self.id).rpartition(":")[2]

    @property
    def identity(self) -> Identity | None:
        """The object version that it is about; None if it is about none, or does not say which."""
        if not (self.key and self.version_id) or STAND_IN.fullmatch(self.version_id):
            return None
        return self.key, self.version_id

    def to_json(self) -> dict[str, Any]:
        """For programs; times are ISO 8601."""
        names = ("id", "kind", "error", "message", "machine", "execution", "key", "version_id")
        return {name: getattr(self, name) for name in names} | {"sent": self.sent.isoformat()}


@dataclass(frozen=True)
class Group:
    """Messages with one cause."""

    kind: Kind
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


def by_cause(found: Iterable[Letter]) -> list[Group]:
    """Messages by kind and error, the most frequent cause first."""

    def cause(letter: Letter) -> tuple[Kind, str]:
        return letter.kind, letter.error

    grouped = groupby(sorted(found, key=cause), key=cause)
    groups = [Group(kind, error, tuple(members)) for (kind, error), members in grouped]
    return sorted(groups, key=lambda group: -len(group.letters))


def read(message: MessageTypeDef, deployment: Deployment) -> Letter:
    """Understand one message; one of no known kind is `unknown`, never an error."""
    text = message.get("Body", "")
    sent = int(message.get("Attributes", {}).get("SentTimestamp", "0"))
    return Letter(
        id=message["MessageId"],
        receipt=message["ReceiptHandle"],
        sent=datetime.fromtimestamp(sent / 1000, UTC),
        **_meaning(text, _object(text), message, deployment),
    )


def _meaning(
    text: str, body: Mapping[str, Any], message: MessageTypeDef, deployment: Deployment
) -> dict[str, Any]:
    attributes = message.get("MessageAttributes", {})
    if body.get("kind") == "rejected":
        return _rejected(body, deployment)
    if body.get("detail-type") == STATUS_CHANGE and isinstance(body.get("detail"), dict):
        return _failed(body["detail"], deployment)
    stated = {name: str(value.get("StringValue", "")) for name, value in attributes.items()}
    if "ERROR_CODE" in stated:
        wrong = {"error": stated["ERROR_CODE"], "message": stated.get("ERROR_MESSAGE", "")}
        return {"kind": "undelivered", **wrong, **_upload(text)}
    return {"kind": "unknown", "error": "UNKNOWN", "message": text[:MESSAGE_LIMIT]}


def _rejected(body: Mapping[str, Any], deployment: Deployment) -> dict[str, Any]:
    arn = _text(body.get("execution_arn")) or ""
    machine = arn.replace(":execution:", ":stateMachine:").rpartition(":")[0]
    return {
        "kind": "rejected",
        "error": str(body.get("code", "")),
        "message": str(body.get("message", "")),
        "machine": deployment.machine_name(machine),
        "execution": arn or None,
        "key": _text(body.get("key")),
        "version_id": _text(body.get("version_id")),
    }


def _failed(detail: Mapping[str, Any], deployment: Deployment) -> dict[str, Any]:
    return {
        "kind": "failed",
        "error": str(detail.get("error") or detail.get("status", "")),
        "message": str(detail.get("cause") or "")[:MESSAGE_LIMIT],
        "machine": deployment.machine_name(str(detail.get("stateMachineArn", ""))),
        "execution": _text(detail.get("executionArn")),
        **_upload(detail.get("input")),
    }


def _upload(text: str | None) -> dict[str, Any]:
    found = upload_of(text)
    if found is None:
        return {}
    return {"key": found.key, "version_id": found.version_id, "time": found.time}


def _text(given: Any) -> str | None:
    return given if isinstance(given, str) else None


def _object(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
