"""Events to the rules that take them, and from there to targets."""

from __future__ import annotations

import logging
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from local import moto_backends
from local.events.delivery import MOST_TRIES, Delivery
from local.events.input_transformer import target_input
from local.events.pattern import matches

if TYPE_CHECKING:
    from local.events.delivery import Deliveries

log = logging.getLogger(__name__)

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

    def put(self, rule: Any, entry: Event) -> None:
        """Offer a rule what PutEvents was given, as moto hands it over."""
        event = {name: value for name, value in entry.items() if name != "ingestion-time"}
        self.offer(rule, {**event, "version": "0", "time": _moment(entry["time"])})

    def route(self, event: Event) -> None:
        """Hand an event to every target of every rule that takes it."""
        buses = moto_backends.events(self._account_id, self._region).event_buses
        for rule in list(buses["default"].rules.values()):
            self.offer(rule, event)

    def offer(self, rule: Any, event: Event) -> None:
        """Hand an event to every target of one rule, if the rule takes it."""
        if rule.state == "ENABLED" and not rule.scheduled_expression and _takes(rule, event):
            self.send(rule, event)

    def send(self, rule: Any, event: Event) -> None:
        """Hand an event to every target of one rule."""
        for target in rule.targets:
            retry = target.get("RetryPolicy", {})
            delivery = Delivery(
                target_arn=target["Arn"],
                role_arn=target.get("RoleArn") or rule.role_arn,
                body=target_input(target, event, rule.arn),
                dead_letter_arn=target.get("DeadLetterConfig", {}).get("Arn"),
                origin=(("RULE_ARN", rule.arn),),
                tries=min(int(retry.get("MaximumRetryAttempts", MOST_TRIES)) + 1, MOST_TRIES),
                group_id=target.get("SqsParameters", {}).get("MessageGroupId"),
            )
            self._deliveries.deliver(delivery)


def _moment(given: Any) -> str:
    """An event's time in its own form, from epoch seconds or from a text of ISO 8601."""
    text = str(given)
    number = text.replace(".", "", 1).isdigit()
    moment = datetime.fromtimestamp(float(text), UTC) if number else datetime.fromisoformat(text)
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _takes(rule: Any, event: Event) -> bool:
    try:
        return matches(rule.event_pattern.get_pattern() or {}, event)
    except (ValueError, TypeError, KeyError) as error:
        log.warning("the pattern of %s is not understood: %s", rule.arn, error)
        return False
