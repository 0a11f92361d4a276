"""One event to one target: tried again where that can help, else put in the dead-letter queue."""

from __future__ import annotations

import contextlib
import logging
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import ClientError

from local.kept.database import FolderClosedError
from local.stepfunctions import ApiError, StoppedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

log = logging.getLogger(__name__)

THREADS = 8
RETRY_SECONDS = 0.2
MOST_TRIES = 5
"""AWS tries for up to a day; a laptop's user does not wait for that."""

NOT_OF_SQS = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
"""Characters that no message may have (SQS API reference, SendMessage)."""

STOPPED = (StoppedError, FolderClosedError)
"""The runtime ends: a delivery that is kept is made when it starts again."""

TRANSIENT = ("Throttling", "TooManyRequests", "ServiceUnavailable", "Internal", "LimitExceeded")


@dataclass(frozen=True)
class Delivery:
    """Where to, as which role, with what, and what a dead letter says of its origin.

    The `origin` begins with the ARN of the rule or schedule. `dead_letter_role` is the role that
    sends dead letters; None stands for the service itself, which the queue's policy has to let in.
    `name` is that of the execution which it starts; None for a new one.
    """

    target_arn: str
    role_arn: str | None
    body: str
    dead_letter_arn: str | None
    origin: tuple[tuple[str, str], ...]
    tries: int
    group_id: str | None = None
    dead_letter_role: str | None = None
    name: str | None = None


class OwedDeliveries(Protocol):
    """Where deliveries are kept until they are made."""

    def add(self, delivery: Delivery, make: Callable[[Delivery], None]) -> None:
        """Owe a delivery; it is made under a name of its own once it is owed."""

    def done(self, delivery: Delivery) -> None:
        """Owe it no more."""

    def owed(self) -> Iterator[Delivery]:
        """What is owed."""


class Deliveries:
    """Delivers in threads of its own.

    `clients` gives the SDK's client of a service for a role, `start` starts an execution of a
    state machine as a role, with an input and a name. `admit` raises PermissionError where a
    queue's policy does not let EventBridge in because of a rule; it gets both ARNs. Deliveries are
    kept in the `outbox`, if there is one, until they are made.
    """

    def __init__(
        self,
        clients: Callable[[str, str | None], Any],
        start: Callable[..., None],
        admit: Callable[[str, str], None],
        outbox: OwedDeliveries | None = None,
    ) -> None:
        self._outbox = outbox
        self._clients = clients
        self._start = start
        self._admit = admit
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="events")

    def soon(self, work: Callable[..., Any], *arguments: Any) -> None:
        """Do something in one of the threads; at once, where what it owes is to be kept."""
        if self._outbox is not None:
            work(*arguments)
        else:
            self._pool.submit(work, *arguments)

    def deliver(self, delivery: Delivery) -> None:
        """Try until it is delivered or has to go to the dead-letter queue."""
        if self._outbox is not None:
            self._outbox.add(delivery, self._make_owed)
        else:
            self._pool.submit(self._deliver, delivery)

    def deliver_owed(self) -> None:
        """Make the deliveries that were owed when the process before this one ended."""
        if self._outbox is not None:
            for delivery in list(self._outbox.owed()):
                self._make_owed(delivery)

    def stop(self) -> None:
        """Deliver nothing more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _make_owed(self, delivery: Delivery) -> None:
        if self._outbox is not None:
            self._pool.submit(self._deliver_owed, self._outbox, delivery)

    def _deliver_owed(self, outbox: OwedDeliveries, delivery: Delivery) -> None:
        with contextlib.suppress(*STOPPED):
            self._deliver(delivery)
            outbox.done(delivery)

    def _deliver(self, delivery: Delivery) -> None:
        for attempt in range(delivery.tries):
            try:
                self._once(delivery)
            except STOPPED:
                raise
            except Exception as error:  # noqa: BLE001 - whatever it is, the event must not be lost
                last = attempt + 1 == delivery.tries
                if last or not is_transient(error):
                    self._give_up(delivery, error, attempt)
                    return
                time.sleep(RETRY_SECONDS * 2**attempt)
            else:
                return

    def _once(self, delivery: Delivery) -> None:
        service = delivery.target_arn.split(":")[2]
        if service == "states":
            named = () if delivery.name is None else (delivery.name,)
            self._start(delivery.target_arn, delivery.role_arn, delivery.body, *named)
        elif service == "sqs":
            self._to_queue(delivery, delivery.target_arn, delivery.role_arn)
        elif service == "lambda" and delivery.role_arn is not None:
            self._clients("lambda", delivery.role_arn).invoke(
                FunctionName=delivery.target_arn, InvocationType="Event", Payload=delivery.body
            )
        else:
            raise ValueError(f"events are not sent to {service} here")

    def _give_up(self, delivery: Delivery, problem: Exception, retries: int) -> None:
        log.warning("not delivered to %s: %s", delivery.target_arn, problem)
        if delivery.dead_letter_arn is None:
            return
        attributes = {
            **dict(delivery.origin),
            "TARGET_ARN": delivery.target_arn,
            "ERROR_CODE": code_of(problem),
            "ERROR_MESSAGE": str(problem),
            "RETRY_ATTEMPTS": str(retries),
        }
        if is_transient(problem):
            attributes["EXHAUSTED_RETRY_CONDITION"] = "MaximumRetryAttempts"
        try:
            self._to_queue(
                delivery, delivery.dead_letter_arn, delivery.dead_letter_role, attributes
            )
        except (ClientError, PermissionError) as error:
            log.warning("lost, for %s cannot be used: %s", delivery.dead_letter_arn, error)

    def _to_queue(
        self,
        delivery: Delivery,
        arn: str,
        role_arn: str | None,
        attributes: dict[str, str] | None = None,
    ) -> None:
        if role_arn is None:
            self._admit(arn, delivery.origin[0][1])
        _, _, _, region, account, name = arn.split(":")
        options = {"MessageGroupId": delivery.group_id} if delivery.group_id else {}
        self._clients("sqs", role_arn).send_message(
            QueueUrl=f"https://sqs.{region}.amazonaws.com/{account}/{name}",
            MessageBody=escaped(delivery.body),
            MessageAttributes={
                key: {"DataType": "String", "StringValue": escaped(value) or "-"}
                for key, value in (attributes or {}).items()
            },
            **options,
        )


def escaped(text: str) -> str:
    """A text as SQS takes it; in JSON, whose strings alone can have such characters, the same."""
    return NOT_OF_SQS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def code_of(problem: Exception) -> str:
    """The error's code as a service named it."""
    if isinstance(problem, ClientError):
        return str(problem.response["Error"]["Code"])
    return str(getattr(problem, "code", "SDK_CLIENT_ERROR"))


def is_transient(problem: Exception) -> bool:
    """Whether trying again may help.

    A target that is gone or may not be used goes to the dead-letter queue at once (EventBridge
    user guide, "Using dead-letter queues").
    """
    if isinstance(problem, (ClientError, ApiError)):
        return code_of(problem).startswith(TRANSIENT)
    return not isinstance(problem, (ValueError, PermissionError))
