"""Events to rules to targets: Step Functions and SQS, with retries and a dead-letter queue."""

from __future__ import annotations

import json
import logging
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from moto.events.models import EventPattern, events_backends

from local.events.transform import target_input

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

DELIVERIES = 8
RETRY_SECONDS = 0.2
MOST_TRIES = 5

Event = dict[str, Any]


@dataclass(frozen=True)
class Delivery:
    """One event for one target: where, as which role, with what."""

    target_arn: str
    role_arn: str | None
    body: str
    dead_letter_arn: str | None
    rule_arn: str
    tries: int
    group_id: str | None = None


class Bus:
    """The default event bus. `publish` answers at once; targets hear of it soon.

    `clients` gives the SDK's client of a service for a role, `start` starts an execution of a
    state machine as a role, with an input.
    """

    def __init__(
        self,
        account_id: str,
        region: str,
        clients: Callable[[str, str | None], Any],
        start: Callable[[str, str | None, str], None],
    ) -> None:
        self._account_id = account_id
        self._region = region
        self._clients = clients
        self._start = start
        self._pool = ThreadPoolExecutor(DELIVERIES, thread_name_prefix="events")

    def publish(
        self, source: str, detail_type: str, detail: dict[str, Any], resources: list[str]
    ) -> None:
        """Put an event of an AWS service on the bus."""
        moment = datetime.now(UTC)
        event = {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": detail_type,
            "source": source,
            "account": self._account_id,
            "time": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": self._region,
            "resources": resources,
            "detail": detail,
        }
        self._pool.submit(self.route, event)

    def route(self, event: Event) -> None:
        """Hand an event to every target of every rule that takes it."""
        buses: Any = events_backends[self._account_id][self._region].event_buses
        flat = EventPattern._flatten_dict(event)  # noqa: SLF001 - once, and not for each rule
        for rule in list(buses["default"].rules.values()):
            if rule.state == "ENABLED" and not rule.scheduled_expression and _takes(rule, flat):
                self.send(rule, event)

    def send(self, rule: Any, event: Event) -> None:
        """Hand an event to every target of one rule."""
        for target in rule.targets:
            retry = target.get("RetryPolicy", {})
            delivery = Delivery(
                target_arn=target["Arn"],
                role_arn=target.get("RoleArn") or rule.role_arn,
                body=target_input(target, event),
                dead_letter_arn=target.get("DeadLetterConfig", {}).get("Arn"),
                rule_arn=rule.arn,
                tries=min(int(retry.get("MaximumRetryAttempts", MOST_TRIES)) + 1, MOST_TRIES),
                group_id=target.get("SqsParameters", {}).get("MessageGroupId"),
            )
            self.deliver(delivery)

    def deliver(self, delivery: Delivery) -> None:
        """Try until it is delivered or has to go to the dead-letter queue."""
        self._pool.submit(self._deliver, delivery)

    def stop(self) -> None:
        """Deliver nothing more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _deliver(self, delivery: Delivery) -> None:
        problem: Exception | None = None
        for attempt in range(delivery.tries):
            try:
                self._once(delivery)
            except Exception as error:  # noqa: BLE001 - whatever it is, the event must not be lost
                problem = error
                time.sleep(RETRY_SECONDS * 2**attempt)
            else:
                return
        self._give_up(delivery, problem)

    def _once(self, delivery: Delivery) -> None:
        service = delivery.target_arn.split(":")[2]
        if service == "states":
            self._start(delivery.target_arn, delivery.role_arn, delivery.body)
        elif service == "sqs":
            self._to_queue(delivery.target_arn, delivery.body, {}, delivery.group_id)
        else:
            raise ValueError(f"events are not sent to {service} here")

    def _give_up(self, delivery: Delivery, problem: Exception | None) -> None:
        log.warning("not delivered to %s: %s", delivery.target_arn, problem)
        if delivery.dead_letter_arn is None:
            return
        response = getattr(problem, "response", {})
        code = response.get("Error", {}).get("Code") or getattr(problem, "code", None)
        attributes = {
            "RULE_ARN": delivery.rule_arn,
            "TARGET_ARN": delivery.target_arn,
            "ERROR_CODE": str(code or "SDK_CLIENT_ERROR"),
            "ERROR_MESSAGE": str(problem),
            "EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts",
            "RETRY_ATTEMPTS": str(delivery.tries - 1),
        }
        self._to_queue(delivery.dead_letter_arn, delivery.body, attributes)

    def _to_queue(
        self, arn: str, body: str, attributes: dict[str, str], group_id: str | None = None
    ) -> None:
        _, _, _, region, account, name = arn.split(":")
        options: dict[str, Any] = {"MessageGroupId": group_id} if group_id else {}
        self._clients("sqs", None).send_message(
            QueueUrl=f"https://sqs.{region}.amazonaws.com/{account}/{name}",
            MessageBody=body,
            MessageAttributes={
                key: {"DataType": "String", "StringValue": value or "-"}
                for key, value in attributes.items()
            },
            **options,
        )


def _takes(rule: Any, flat: dict[str, Any]) -> bool:
    pattern = rule.event_pattern
    return bool(pattern._does_event_match(flat, pattern.get_pattern()))  # noqa: SLF001 - as above


def compact(value: Any) -> str:
    """The JSON text of an event."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
