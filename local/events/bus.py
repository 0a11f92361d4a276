"""Events to the rules that take them, and from there to targets."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from moto.events.models import EventPattern, events_backends

from local.events.delivery import MOST_TRIES, Delivery
from local.events.transform import target_input

if TYPE_CHECKING:
    from local.events.delivery import Deliveries

Event = dict[str, Any]


class Bus:
    """The default event bus. `publish` answers at once; targets hear of it soon."""

    def __init__(self, account_id: str, region: str, deliveries: Deliveries) -> None:
        self._account_id = account_id
        self._region = region
        self._deliveries = deliveries

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
        self._deliveries.soon(self.route, event)

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
                origin=(("RULE_ARN", rule.arn),),
                tries=min(int(retry.get("MaximumRetryAttempts", MOST_TRIES)) + 1, MOST_TRIES),
                group_id=target.get("SqsParameters", {}).get("MessageGroupId"),
            )
            self._deliveries.deliver(delivery)


def _takes(rule: Any, flat: dict[str, Any]) -> bool:
    pattern = rule.event_pattern
    return bool(pattern._does_event_match(flat, pattern.get_pattern()))  # noqa: SLF001 - as above


def compact(value: Any) -> str:
    """The JSON text of an event."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
